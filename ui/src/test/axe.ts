import axe from 'axe-core';

/** What axe finds wrong, in words; colours are checked in a real browser and by the contrast test. */
export async function violations(root: Element): Promise<string[]> {
  const { violations: found } = await axe.run(root, {
    rules: {
      'color-contrast': { enabled: false },
      // Parts of a page are tested here, not pages.
      region: { enabled: false },
      'landmark-one-main': { enabled: false },
      'page-has-heading-one': { enabled: false }
    }
  });
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
}
