// Connecting an account: what the routes compose.
export { default as BrowserPage } from './page/BrowserPage.svelte';
export { default as CodePage } from './page/CodePage.svelte';
export { default as ConnectFrame } from './page/ConnectFrame.svelte';
export { default as EnvPage } from './page/EnvPage.svelte';
export { default as Ready } from './page/Ready.svelte';
export { default as TokenPage } from './page/TokenPage.svelte';
export { default as VaultPage } from './vault/VaultPage.svelte';
export { default as Welcome } from './page/Welcome.svelte';
export { connectPath } from './flow/ways';
export { browser, demo, draft, env, now, returnAddress } from './flow/session';
