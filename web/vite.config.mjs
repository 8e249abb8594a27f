import { defineConfig } from 'vite';

/** `npx vite web` serves the page anew with each edit, with the JSON of an agent that runs on this machine. */
export default defineConfig({
  root: import.meta.dirname,
  // The page works below any path that a proxy gives it.
  base: './',
  publicDir: false,
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: false,
    // The page's content security policy lets nothing in that is written inline.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { proxy: { '/api': 'http://127.0.0.1:10404', '/healthz': 'http://127.0.0.1:10404' } },
});
