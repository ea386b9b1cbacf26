import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// The import law: views -> state -> backend, ui knows none of them, and only
// backend speaks to Wails. Types of the backend's values may be named anywhere.
const forbid = (...groups) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: groups }],
});
const wails = { group: ['**/wailsjs/**'], message: 'only src/backend speaks to Wails' };
const views = { group: ['**/views/**'], message: 'imports point from views to state to backend' };
const state = { group: ['**/state/**'], message: 'imports point from views to state to backend' };
const ui = { group: ['**/ui/**'], message: 'only views use ui' };
const backend = { group: ['**/backend/**', '**/backend'], message: 'views reach the backend through state', allowTypeImports: true };

export default ts.config(
  { ignores: ['dist', 'node_modules', 'wailsjs'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-console': 'error',
      'svelte/no-at-html-tags': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  { files: ['src/views/**'], rules: forbid(wails, backend) },
  { files: ['src/ui/**'], rules: forbid(wails, views, state, backend) },
  { files: ['src/state/**'], rules: forbid(wails, views, ui) },
  { files: ['src/backend/**'], rules: forbid(views, state, ui) },
);
