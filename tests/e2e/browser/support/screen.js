// Places on the screen, named as people see them.

/** The page's heading: the page is there. */
export function heading(page, name) {
  return page.getByRole('heading', { name, exact: true }).first();
}

/** The table of leads. */
export function leadTable(page, say) {
  return page.getByRole('grid', { name: say('leads.table') });
}

/** Waits until the table holds so many leads (its header is a row too). */
export async function holdsLeads(page, say, count) {
  if (count === 0) return heading(page, say('leads.empty.no_result')).waitFor();
  const label = say('leads.table');
  return page
    .locator(`[role="grid"][aria-label="${label}"][aria-rowcount="${count + 1}"]`)
    .waitFor();
}

/** The rows of the table that show a lead of this name. */
export function leadRow(page, say, name) {
  return leadTable(page, say).getByRole('row').filter({ hasText: name });
}

/** The field above the table. */
export function leadSearch(page, say) {
  return page.getByRole('searchbox', { name: say('leads.search') });
}

/** The chip of a filter, which opens its choices. */
export function filterChip(page, name) {
  return page.getByRole('button', { name, exact: true }).and(page.locator('[aria-haspopup]'));
}

/** The panel beside the table. */
export function openedLead(page, say) {
  return page.getByRole('complementary', { name: say('leads.detail.label') });
}

/** Goes to a page of the rail. */
export async function go(page, say, label) {
  await page
    .getByRole('navigation', { name: say('nav.label') })
    .getByRole('link', { name: new RegExp(`^${label}`) })
    .click();
}

/** The import has brought everything: the page of sync says so. */
export async function importIsDone(page, say) {
  await go(page, say, say('nav.sync'));
  await heading(page, say('sync.import.finished')).waitFor();
}
