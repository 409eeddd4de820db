// The public address as a person types it: pure.

export type AddressProblem = 'empty' | 'unreadable' | 'not_https' | 'local' | 'extra';

export type Address = { url: string } | { problem: AddressProblem };

const PRIVATE = /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.)/;

/** A host that exists only here or in the own network: Kommo cannot reach it. */
function isLocal(host: string): boolean {
  return (
    PRIVATE.test(host) || host.startsWith('[') || !host.includes('.') || /\.(local|lan)$/.test(host)
  );
}

/** Understands what was typed; without a scheme it is taken to be `https`. */
export function readAddress(typed: string): Address {
  const text = typed.trim();
  if (text === '') return { problem: 'empty' };
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return { problem: 'unreadable' };
  }
  if (isLocal(url.hostname)) return { problem: 'local' };
  if (url.protocol !== 'https:') return { problem: 'not_https' };
  if (url.username || url.password || url.search || url.hash) return { problem: 'extra' };
  return { url: url.href.replace(/\/+$/, '') };
}
