import { sveltekit } from '@sveltejs/kit/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// `CADENCIA_SERVER=http://127.0.0.1:8787 npm run dev` works on a running `cadencia-server`.
const server = process.env.CADENCIA_SERVER;

export default defineConfig({
  plugins: [sveltekit(), svelteTesting()],
  server: {
    port: 5173,
    strictPort: true,
    fs: { allow: ['messages'] },
    proxy: server ? { '/call': server, '/events': server } : undefined
  },
  build: {
    // WebKitGTK 2.40, WebView2 and WKWebView of macOS 12.
    target: ['es2022', 'safari15.4', 'chrome111'],
    chunkSizeWarningLimit: 700
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'eslint/**/*.test.ts'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
    css: { include: [/tokens\.css/] },
    // Two cores are enough for this suite and it shares them with the Rust build.
    maxWorkers: 2
  }
});
