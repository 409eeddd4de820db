// Starts the programs a journey goes through and says where they answer.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../../../..');

/** The built interface. */
export const UI = process.env.CADENCIA_UI ?? join(ROOT, 'ui/build');
/** The browser of this system. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

function built(variable, name) {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return process.env[variable] ?? join(ROOT, 'target/debug', name + suffix);
}

/** Starts a program whose first line of output is one JSON object; the rest is kept for when something fails. */
async function start(program, args, env = {}) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  const said = [];
  child.stderr.setEncoding('utf8').on('data', (text) => said.push(text));
  child.once('exit', (code, signal) => said.push(`[it ended: ${signal ?? code}]\n`));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    once(lines, 'line').then(([line]) => line),
    once(child, 'error').then(([error]) => Promise.reject(error)),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`${program} ended with ${code}:\n${said.join('')}`))
    )
  ]);
  return {
    told: JSON.parse(first),
    said: () => said.join(''),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  };
}

/** A port nobody listens on now: for an address that two programs have to agree on before either runs. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The simulated Kommo. `control` reaches its control interface. */
export async function startKommo({ leads = 120, seed = 1, args = [] } = {}) {
  const program = await start(built('CADENCIA_SIM', 'cadencia-sim'), [
    ...['--port', '0', '--seed', String(seed), '--leads', String(leads)],
    ...args
  ]);
  const kommo = program.told;

  async function control(path, body) {
    const response = await fetch(`${kommo.control_url}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    });
    if (!response.ok)
      throw new Error(`/${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  return { ...kommo, control, said: program.said, stop: program.stop };
}

/** The core without a window, on data of its own that are gone when it stops. */
export async function startCore({ kommo, token, listenerPort = 0, args = [] } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'cadencia-browser-'));
  const program = await start(
    built('CADENCIA_SERVER', 'cadencia-server'),
    [
      ...['--data', data, '--port', '0', '--listener-port', String(listenerPort), '--ui', UI],
      ...(kommo ? ['--kommo-url', kommo.base_url] : []),
      ...(token ? ['--token', token] : []),
      ...args
    ],
    { CADENCIA_PASSPHRASE: 'quatro palavras que ficam aqui' }
  );
  return {
    ...program.told,
    said: program.said,
    async stop() {
      await program.stop();
      await rm(data, { recursive: true, force: true });
    }
  };
}
