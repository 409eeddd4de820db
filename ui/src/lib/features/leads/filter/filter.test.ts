import { describe, expect, it } from 'vitest';
import { everything, fromAddress, toAddress, type LeadQuestion } from './address';
import { conditionCount, noFilter, questionOf, toLeadFilters, type LeadFilter } from './filter';
import { isPeriod, resolvePeriod } from './period';

const SP = 'America/Sao_Paulo';
const now = Date.parse('2025-11-23T17:33:00Z');
const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

describe('a period', () => {
  it.each([
    ['today', '2025-11-23T03:00:00.000Z', '2025-11-24T03:00:00.000Z'],
    ['month', '2025-11-01T03:00:00.000Z', '2025-12-01T03:00:00.000Z'],
    ['7d', '2025-11-16T17:33:00.000Z', null],
    ['+2d', '2025-11-23T17:33:00.000Z', '2025-11-25T17:33:00.000Z'],
    ['2025-11-01..2025-11-30', '2025-11-01T03:00:00.000Z', '2025-12-01T03:00:00.000Z'],
    ['..2025-11-30', null, '2025-12-01T03:00:00.000Z'],
    ['2025-11-01..', '2025-11-01T03:00:00.000Z', null]
  ])('%s is from %s to %s where the account is', (period, from, to) => {
    const stretch = resolvePeriod(period, now, SP);
    expect(iso(stretch?.fromMs)).toBe(from);
    expect(iso(stretch?.toMs)).toBe(to);
  });

  it('is still the evening before in São Paulo when it is already tomorrow in London', () => {
    const stretch = resolvePeriod('today', Date.parse('2025-11-24T01:00:00Z'), SP);
    expect(iso(stretch?.fromMs)).toBe('2025-11-23T03:00:00.000Z');
  });

  it.each(['', '..', '0d', 'ontem', '2025-13-40..', '7'])('%j is none', (text) => {
    expect(isPeriod(text)).toBe(false);
    expect(resolvePeriod(text, now, SP)).toBeNull();
  });
});

const full: LeadQuestion = {
  search: 'marina & sócios',
  filter: {
    stages: [
      { pipeline_id: 7001, status_id: 9101 },
      { pipeline_id: 7001, status_id: 142 }
    ],
    pipelineIds: [7002],
    responsibleIds: [301, 0],
    tagIds: [501],
    isOpen: true,
    hasTask: false,
    price: { from: 1000, to: null },
    created: '7d',
    updated: '2025-11-01..2025-11-30',
    fields: [
      { fieldId: 1, options: [800, 801] },
      { fieldId: 2, range: { from: -1.5, to: 20 } },
      { fieldId: 3, period: '+7d' },
      { fieldId: 4, text: 'Origo, 2ª via' },
      { fieldId: 5, isFilled: true },
      { fieldId: 6, isFilled: false }
    ]
  },
  sort: { column: 'price', descending: true }
};

describe('the address of a filtered table', () => {
  it('reads back what it wrote', () => {
    expect(fromAddress(new URLSearchParams(toAddress(full).toString()))).toEqual(full);
  });

  it('of everything, newest first, is empty', () => {
    expect(toAddress(everything()).toString()).toBe('');
    expect(fromAddress(new URLSearchParams())).toEqual(everything());
  });

  it('leaves out what it does not understand', () => {
    const query = new URLSearchParams(
      'stage=x,7001:9101,1:&user=a&open=2&price=..&created=ontem&fx=1&f9=&f8=~&sort=-colour&page=3'
    );
    const found = fromAddress(query);
    expect(found.filter).toEqual({
      ...noFilter(),
      stages: [{ pipeline_id: 7001, status_id: 9101 }]
    });
    expect(found.sort).toEqual({ column: 'updated', descending: true });
  });

  it('reads a number alone as an option and not as a period', () => {
    expect(fromAddress(new URLSearchParams('f7=7')).filter.fields).toEqual([
      { fieldId: 7, options: [7] }
    ]);
  });
});

describe('the filter for the core', () => {
  it('is nothing when everything is let through', () => {
    expect(toLeadFilters(noFilter(), now, SP)).toBeUndefined();
  });

  it('has every condition in the core’s words', () => {
    expect(toLeadFilters(full.filter, now, SP)).toEqual({
      stages: full.filter.stages,
      pipeline_ids: [7002],
      responsible_ids: [301, 0],
      tag_ids: [501],
      is_open: true,
      has_task: false,
      price_from: 1000,
      created_from_ms: Date.parse('2025-11-16T17:33:00Z'),
      updated_from_ms: Date.parse('2025-11-01T03:00:00Z'),
      updated_to_ms: Date.parse('2025-12-01T03:00:00Z'),
      fields: [
        { field_id: 1, enum_ids: [800, 801] },
        { field_id: 2, enum_ids: [], number_from: -1.5, number_to: 20 },
        {
          field_id: 3,
          enum_ids: [],
          number_from: Math.floor(now / 1000),
          number_to: Math.floor(now / 1000) + 7 * 86_400 - 1
        },
        { field_id: 4, enum_ids: [], text: 'Origo, 2ª via' },
        { field_id: 5, enum_ids: [], is_filled: true },
        { field_id: 6, enum_ids: [], is_filled: false }
      ]
    });
  });

  it('counts stages and pipelines as one condition', () => {
    expect(conditionCount(full.filter)).toBe(8 + 6);
    const one: LeadFilter = { ...noFilter(), stages: full.filter.stages, pipelineIds: [7002] };
    expect(conditionCount(one)).toBe(1);
  });

  it('asks about a field in the way its type allows', () => {
    const option = { enum_id: 1, label: 'WhatsApp' };
    expect(questionOf({ kind: 'select', options: [option] })).toBe('options');
    expect(questionOf({ kind: 'select', options: [] })).toBe('text');
    expect(questionOf({ kind: 'monetary', options: [] })).toBe('number');
    expect(questionOf({ kind: 'birthday', options: [] })).toBe('period');
    expect(questionOf({ kind: 'something_new', options: [] })).toBe('text');
  });
});
