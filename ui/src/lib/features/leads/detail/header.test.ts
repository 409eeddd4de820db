import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend, type LeadDetail } from '$lib/backend';
import { fakeBackend } from '$lib/backend/fake';
import { freshDetail } from '$lib/backend/fake/detail';
import { LEADS } from '$lib/backend/fake/leads';
import { zone } from '$lib/format';
import { locale } from '$lib/i18n';
import { Structure } from '../structure.svelte';
import { leadCard } from './edit/card';
import LeadHeader from './LeadHeader.svelte';
import { OpenLead } from './open-lead.svelte';

const openExternal = vi.fn(async () => {});

async function shown(change: Partial<LeadDetail>, row: Partial<LeadDetail['row']> = {}) {
  const detail = freshDetail(LEADS[0]!);
  const structure = new Structure();
  await structure.load();
  const whole = { ...detail, ...change, row: { ...detail.row, ...row } };
  const card = leadCard(new OpenLead(), whole, structure);
  render(LeadHeader, { detail: whole, card, structure });
  return whole;
}

const fact = (label: string) => screen.queryByText(label)?.nextElementSibling?.textContent?.trim();
const row = (name: string) =>
  within(screen.getByRole('group', { name })).getByRole('button').textContent?.trim();

beforeEach(() => {
  locale.use('pt-BR');
  zone.use('America/Sao_Paulo');
  setBackend({ ...fakeBackend('usual'), openExternal });
});
afterEach(() => setBackend(null));

describe('the head of a lead', () => {
  it('names the lead, its stage, who is responsible and what it is worth', async () => {
    const lead = await shown({}, { name: 'Marina Duarte', price: 26500 });
    expect(screen.getByRole('heading', { name: 'Marina Duarte' })).toBeTruthy();
    expect(screen.getByText(`#${lead.row.kommo_id}`)).toBeTruthy();
    expect(row('Valor')).toMatch(/^R\$\s26\.500$/);
    expect(row('Responsável')).toBeTruthy();
    expect(fact('Empresa')).toBe('Estrela do Sul Alimentos');
    expect(fact('Motivo da perda')).toBeUndefined();
  });

  it('shows a dash for no value, and says that nobody is responsible', async () => {
    await shown({ company: null }, { price: 0, responsible_id: null });
    expect(row('Valor')).toBe('–');
    expect(row('Responsável')).toBe('Ninguém');
    expect(fact('Empresa')).toBeUndefined();
  });

  it('of a lost lead says when it was closed and why', async () => {
    await shown({ closed_at_ms: Date.UTC(2025, 10, 23, 17), loss_reason: 'Preço' });
    expect(fact('Fechado em')).toBe('23/11/2025');
    expect(fact('Motivo da perda')).toBe('Preço');
  });

  it('leads into Kommo, unless the lead is no longer there', async () => {
    const { web_url } = await shown({});
    await userEvent.click(screen.getByRole('button', { name: 'Abrir no Kommo' }));
    expect(openExternal).toHaveBeenCalledWith(web_url);
  });

  it('of a deleted lead leads nowhere', async () => {
    await shown({ deleted_at_ms: 1 });
    expect(screen.queryByRole('button', { name: 'Abrir no Kommo' })).toBeNull();
  });
});
