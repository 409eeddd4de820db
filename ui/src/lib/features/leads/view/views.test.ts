import { describe, expect, it } from 'vitest';
import { everything, fromAddress } from '../filter/address';
import { USUAL_COLUMNS } from '../table/columns';
import { readStored } from './stored';
import { LeadViews, OWN_VIEWS, spelled } from './views.svelte';

const question = (query: string) => fromAddress(new URLSearchParams(query));

function opened(accountId = 'a1'): LeadViews {
  const views = new LeadViews();
  views.open(accountId);
  return views;
}

describe('the saved views', () => {
  it('are still there next time, with their columns', () => {
    const views = opened();
    views.show(['name', 'price']);
    views.save('  Quentes da Ana ', question('user=301&tag=501'));
    const again = opened();
    expect(again.columns).toEqual(['name', 'price']);
    expect(again.saved).toEqual([
      { id: 'v1', name: 'Quentes da Ana', query: 'user=301&tag=501', columns: ['name', 'price'] }
    ]);
    expect(again.question('v1')?.filter.responsibleIds).toEqual([301]);
  });

  it('belong to one account', () => {
    opened('a1').save('Minha', question('open=1'));
    expect(opened('a2').saved).toEqual([]);
  });

  it('are recognised whichever way the address was spelled', () => {
    const views = opened();
    expect(views.viewOf(everything())).toBe('all');
    expect(views.viewOf(question('task=0&open=1'))).toBe('without_task');
    const saved = views.save('Ganhos', question('sort=-price&stage=1:142'));
    expect(views.viewOf(question('stage=1:142&sort=-price'))).toBe(saved.id);
    expect(views.viewOf(question('stage=1:142'))).toBeNull();
  });

  it('are renamed, updated and removed, and come back where they were', () => {
    const views = opened();
    const first = views.save('Um', question('open=1'));
    const second = views.save('Dois', question('open=0'));
    views.rename(first.id, 'Primeira');
    views.rename(second.id, '   ');
    views.update(second.id, question('price=1000..'));
    expect(opened().saved.map((view) => [view.name, view.query])).toEqual([
      ['Primeira', 'open=1'],
      ['Dois', 'price=1000..']
    ]);
    const undo = views.remove(first.id);
    expect(opened().saved).toHaveLength(1);
    undo();
    undo();
    expect(opened().saved.map((view) => view.id)).toEqual([first.id, second.id]);
  });

  it('of ours are spelled the way addresses are', () => {
    for (const view of OWN_VIEWS) expect(spelled(question(view.query))).toBe(view.query);
  });

  it.each([
    '{',
    '[]',
    '{"columns":7,"views":[{"id":1},null,{"id":"v1","name":"x","query":"q=a"}]}'
  ])('survive storage that holds %s', (text) => {
    localStorage.setItem('cadencia.leads.a1', text);
    const stored = readStored('a1');
    expect(stored.columns).toEqual(USUAL_COLUMNS);
    expect(stored.views.every((view) => typeof view.name === 'string')).toBe(true);
  });
});
