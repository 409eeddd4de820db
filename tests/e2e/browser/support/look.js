// How a page looks and whether everybody can use it.

import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS } from './journey.js';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 }
];
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Only a state at rest can be judged: half a fade is neither of its colours. */
const atRest = () =>
  document.getAnimations().forEach((animation) => {
    if (animation.effect?.getComputedTiming().iterations !== Infinity) animation.finish();
  });

/** Sets the system's theme and waits until the page has it. */
async function follow(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    (scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches,
    colorScheme
  );
  await page.evaluate(atRest);
}

async function violations(page) {
  const { violations: found } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
  return found.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`)
  }));
}

/**
 * Takes the page's picture in light and dark and in two sizes, and asserts that axe finds nothing against WCAG 2.2
 * AA in any of them. The page has to follow the system's theme.
 */
export async function look(page, name) {
  mkdirSync(RESULTS, { recursive: true });
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await follow(page, colorScheme);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(atRest);
      const where = `${name}-${colorScheme}-${size.width}x${size.height}`;
      await page.screenshot({ path: join(RESULTS, `${where}.png`), animations: 'disabled' });
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      if (wide > 0) found.push({ where, id: 'page-too-wide', help: `${wide} px scroll sideways` });
      // Dark differs in colours alone: one size tells them.
      if (colorScheme === 'dark' && size !== SIZES[0]) continue;
      for (const violation of await violations(page)) found.push({ where, ...violation });
    }
  }
  await follow(page, 'light');
  await page.setViewportSize(SIZES[0]);
  assert.deepEqual(found, [], `everybody can use ${name}`);
}
