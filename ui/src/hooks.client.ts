import { takeKeyFromAddress } from '$lib/backend/http';

/** Before the router reads the address: it shall never know the key. */
export function init(): void {
  takeKeyFromAddress();
}
