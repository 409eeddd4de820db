// One journey: programs, a browser and a page that may not complain.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM, startCore, startKommo } from './programs.js';
import { wordsOf } from './words.js';

/** Where screenshots go. */
export const RESULTS = resolve(import.meta.dirname, '../test-results');

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--no-first-run',
  '--mute-audio'
];

/** Generous: a state is waited for, so that a slow machine only takes longer. */
const PATIENCE_MS = 60_000;

/** Collects what a page complains about: errors, refused and failed requests. */
class Complaints {
  all = [];
  #expected = [];

  follow(page) {
    page.on('pageerror', (error) => this.all.push(`error: ${error.message}`));
    page.on('console', (message) => {
      // A refused request is judged below, where its address is known.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource'))
        return;
      this.all.push(`console: ${message.text()}`);
    });
    page.on('requestfailed', (request) => {
      // Leaving a page ends its stream of events.
      if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
      this.all.push(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on('response', (response) => {
      if (response.status() < 400) return;
      const place = this.#expected.findIndex((command) =>
        response.url().endsWith(`/call/${command}`)
      );
      if (place >= 0) this.#expected.splice(place, 1);
      else this.all.push(`refused: ${response.status()} ${response.url()}`);
    });
  }

  /** The next refusal of `command` is part of the journey. */
  expectRefusal(command) {
    this.#expected.push(command);
  }
}

/**
 * Registers a journey. `name` is a true sentence. `kommo` and `core` are what the programs are started with
 * (`kommo: null` for none); `walk` gets everything it needs and may ask for other pages.
 */
export function journey(name, options, walk) {
  const { kommo: wanted = {}, core: coreWith = {}, language = 'pt-BR', ...context } = options;
  test(name, { timeout: 10 * PATIENCE_MS }, async (t) => {
    const stops = [];
    t.after(async () => {
      for (const stop of stops.reverse()) await stop();
    });

    const kommo = wanted && (await startKommo(wanted));
    if (kommo) stops.push(kommo.stop);
    const core = await startCore({
      ...(kommo ? { kommo } : {}),
      ...(typeof coreWith === 'function' ? coreWith(kommo) : coreWith)
    });
    stops.push(core.stop);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    stops.push(() => browser.close());
    const around = await browser.newContext({
      locale: language,
      timezoneId: 'America/Campo_Grande',
      viewport: { width: 1440, height: 900 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      ...context
    });
    around.setDefaultTimeout(PATIENCE_MS);
    const complaints = new Complaints();
    const page = await around.newPage();
    complaints.follow(page);

    try {
      await page.goto(`${core.url}/#key=${core.key}`);
      await walk({ page, around, kommo, core, complaints, say: wordsOf(language) });
      assert.deepEqual(complaints.all, [], 'the page complains about nothing');
    } catch (error) {
      mkdirSync(RESULTS, { recursive: true });
      const picture = join(RESULTS, `failed-${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png`);
      // The failure itself matters more than a picture of it.
      await page.screenshot({ path: picture }).catch(() => {});
      error.message += `\nat ${page.url()}, see ${picture}`;
      if (complaints.all.length > 0) error.message += `\n${complaints.all.join('\n')}`;
      if (core.said()) error.message += `\ncadencia-server said:\n${core.said()}`;
      throw error;
    }
  });
}
