// The first page: what the route composes.
export { default as HomePage } from './HomePage.svelte';
