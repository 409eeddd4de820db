// What to type to make this computer reachable. Commands are the same in every language.

export type WayOut = 'cloudflare' | 'ngrok' | 'proxy';

export const WAYS_OUT: readonly WayOut[] = ['cloudflare', 'ngrok', 'proxy'];

export interface Guide {
  /** Where the program is found. */
  site: string;
  /** For a first try, with an address that changes; nothing when there is none. */
  trial: string[];
  /** For every day. */
  lasting: string[];
}

/** `example` stands for the address of one's own. */
export function guideOf(way: WayOut, local: string, example: string): Guide {
  switch (way) {
    case 'cloudflare':
      return {
        site: 'https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/',
        trial: [`cloudflared tunnel --url ${local}`],
        lasting: [
          'cloudflared tunnel login',
          'cloudflared tunnel create cadencia',
          `cloudflared tunnel route dns cadencia ${example}`,
          `cloudflared tunnel run --url ${local} cadencia`
        ]
      };
    case 'ngrok':
      return {
        site: 'https://ngrok.com/download',
        trial: [`ngrok http ${local}`],
        lasting: [`ngrok http ${local} --url https://${example}`]
      };
    case 'proxy':
      return {
        site: 'https://caddyserver.com/docs/install',
        trial: [],
        lasting: [`caddy reverse-proxy --from ${example} --to ${local.replace(/^https?:\/\//, '')}`]
      };
  }
}
