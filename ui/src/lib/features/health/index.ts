// "Saúde da integração": what the routes compose.
export { default as Checklist } from './Checklist.svelte';
export { default as HealthSummary } from './HealthSummary.svelte';
export { default as HealthPage } from './HealthPage.svelte';
export { Health } from './health.svelte';
