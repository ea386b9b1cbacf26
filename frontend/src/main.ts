import { mount } from 'svelte';
import { wailsBackend } from './backend';
import { AppState } from './state/app.svelte';
import './ui/styles/index.css';
import App from './views/App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { app: new AppState(wailsBackend()) } });
