import { render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { overview as overviewOf, syncStatus } from '$lib/backend/fake/status';
import { PIPELINES } from '$lib/backend/fake/structure';
import { locale } from '$lib/i18n';
import StageBars from './StageBars.svelte';
import Tiles from './Tiles.svelte';

const usual = syncStatus('usual', 'a1');
const overview = overviewOf(usual);
const tile = (label: string) => screen.getByText(label).closest<HTMLElement>('.stat')!;

beforeEach(() => locale.use('pt-BR'));

describe('the tiles', () => {
  it('count, and lead to the leads that they count', () => {
    render(Tiles, { overview, sync: usual });
    expect(tile('Tarefas em aberto').textContent).toContain('214');
    expect(tile('Tarefas em aberto').textContent).toContain('12 atrasadas');
    expect(tile('Tarefas em aberto').getAttribute('href')).toContain('task=1');
    expect(tile('Sem próximo passo').textContent).toContain('318');
    expect(tile('Sem próximo passo').getAttribute('href')).toBe('/leads?open=1&task=0');
    expect(tile('Ganhos no mês').tagName).toBe('DIV');
  });

  it('do not call leads without next step while the first import still brings tasks', () => {
    const { import: task } = usual;
    const entities = task.entities.map((one) => ({ ...one, state: 'waiting' as const, done: 0 }));
    const running = { ...task, state: 'running' as const, share: 0.1, entities };
    const polling = { ...usual.polling, complete_until_ms: null };
    render(Tiles, { overview, sync: { ...usual, import: running, polling } });
    for (const label of ['Tarefas em aberto', 'Sem próximo passo']) {
      expect(tile(label).textContent).toContain('chegando');
      expect(tile(label).textContent).toContain('–');
      expect(tile(label).textContent).not.toContain('318');
    }
  });

  it('show a dash for what is not known yet', () => {
    render(Tiles, { overview: null, sync: null });
    expect(tile('Leads na conta').textContent).toContain('–');
    expect(tile('Ganhos no mês').textContent).not.toContain('R$');
  });
});

describe('the stages', () => {
  it('say that their total is of this pipeline', () => {
    const pipeline = PIPELINES[0]!;
    render(StageBars, { pipelines: PIPELINES, pipeline, loading: false, onchoose: () => {} });
    const open = pipeline.stages.filter(({ kind }) => kind !== 'won' && kind !== 'lost');
    const total = open.reduce((sum, stage) => sum + stage.lead_count, 0);
    const shown = new Intl.NumberFormat('pt-BR').format(total);
    expect(screen.getByText(`${shown} em aberto neste funil`)).toBeTruthy();
  });
});
