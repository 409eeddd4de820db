import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  vitePlugin: {
    // Our own files are runes only; libraries compile as they were written.
    dynamicCompileOptions: ({ filename }) =>
      filename.includes('node_modules') ? undefined : { runes: true }
  },
  kit: {
    // One static page: the window and the loopback server both answer every address with it.
    adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html' }),
    output: { bundleStrategy: 'split' },
    version: { name: '0.1.0' },
    // The page carries its own content policy (a hash for Kit's start script), so both hosts share it.
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['self'],
        'script-src': ['self'],
        'style-src': ['self', 'unsafe-inline'],
        'img-src': ['self', 'data:'],
        'font-src': ['self', 'data:'],
        'connect-src': ['self', 'ipc:', 'http://ipc.localhost'],
        'base-uri': ['self'],
        'object-src': ['none'],
        'form-action': ['none']
      }
    },
    alias: { $messages: 'messages' }
  }
};
