import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// WebKitGTK 2.50 is the engine of the window, so nothing older is targeted.
const engines = ['safari18.2', 'chrome128'];

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Only index.html is an entry of the build: fake.html, the page over sample
  // data, is served by `npm run dev` and never reaches dist.
  build: {
    target: engines,
    cssTarget: engines,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  resolve: mode === 'test' ? { conditions: ['browser'] } : undefined,
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    // The pages of a real browser run beside; a busy machine needs longer.
    testTimeout: 30_000,
    maxWorkers: 2,
  },
}));
