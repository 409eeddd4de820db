import { describe, expect, it } from 'vitest';
import {
  dayKey,
  formatDate,
  formatDateTime,
  formatDay,
  formatTime,
  hourOf,
  isZone,
  zoneName
} from './dates';
import { formatFixed, formatMoney, formatNumber, formatPercent } from './numbers';
import { formatPhone, formatTypedPhone, isPhoneField, maskPhone } from './phones';
import {
  formatAgo,
  formatCountdown,
  formatDuration,
  formatRelative,
  formatRough
} from './relative';

const at = Date.UTC(2025, 10, 23, 17, 33, 7);
const SP = 'America/Sao_Paulo';
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('dates', () => {
  it('are dd/mm/aaaa HH:mm in the account’s zone', () => {
    expect(formatDateTime(at, 'pt-BR', SP)).toBe('23/11/2025 14:33');
    expect(formatDateTime(at, 'es', SP)).toBe('23/11/2025 14:33');
    expect(formatDateTime(at, 'pt-BR', 'UTC', true)).toBe('23/11/2025 17:33:07');
    expect(formatDateTime(at, 'pt-BR', 'America/Manaus')).toBe('23/11/2025 13:33');
  });

  it('spell the month out in English', () => {
    expect(formatDate(at, 'en', SP)).toBe('Nov 23, 2025');
    expect(formatTime(at, 'en', SP)).toBe('14:33');
  });

  it('write midnight as 00', () => {
    expect(formatTime(Date.UTC(2025, 0, 1, 3), 'pt-BR', SP)).toBe('00:00');
    expect(hourOf(Date.UTC(2025, 0, 1, 3), SP)).toBe(0);
  });

  it('start a day’s name with a capital', () => {
    expect(formatDay(at, 'pt-BR', SP)).toBe('Domingo, 23 de novembro');
    expect(formatDay(at, 'en', SP)).toBe('Sunday, November 23');
  });

  it('know which day it is where the account is', () => {
    expect(dayKey(Date.UTC(2025, 10, 24, 1), SP)).toBe('2025-11-23');
  });

  it.each([
    ['America/Sao_Paulo', 'horário de Brasília', 'Brasilia Time', 'hora de Brasilia'],
    ['America/Manaus', 'horário do Amazonas', 'Amazon Time', 'hora del Amazonas'],
    ['Terra/Porto_Novo', 'Porto Novo', 'Porto Novo', 'Porto Novo']
  ])('call the zone %s by its name', (zone, pt, en, es) => {
    expect(zoneName(zone, 'pt-BR')).toBe(pt);
    expect(zoneName(zone, 'en')).toBe(en);
    expect(zoneName(zone, 'es')).toBe(es);
    expect(zoneName('UTC', 'pt-BR')).toMatch(/^GMT|UTC/);
  });

  it('recognise a zone', () => {
    expect(isZone(SP)).toBe(true);
    expect(isZone('Terra/Central')).toBe(false);
  });
});

describe('relative time', () => {
  it.each([
    [-8_000, 'há 8 s', '8 s ago', 'hace 8 s'],
    [6 * 60_000 + 30_000, 'em 6 min', 'in 6 min', 'en 6 min'],
    [-(2 * 3_600_000 + 5), 'há 2 h', '2 h ago', 'hace 2 h'],
    [-3 * 86_400_000, 'há 3 dias', '3 days ago', 'hace 3 días'],
    [-1 * 86_400_000, 'há 1 dia', '1 day ago', 'hace 1 día'],
    [500, 'agora', 'now', 'ahora']
  ])('of %d ms is %s', (distance, pt, en, es) => {
    expect(plain(formatRelative(at + distance, at, 'pt-BR'))).toBe(pt);
    expect(plain(formatRelative(at + distance, at, 'en'))).toBe(en);
    expect(plain(formatRelative(at + distance, at, 'es'))).toBe(es);
  });

  it('of what has happened is never in the future', () => {
    expect(formatAgo(at + 23 * 3_600_000, at, 'pt-BR')).toBe('agora');
    expect(plain(formatAgo(at - 8_000, at, 'pt-BR'))).toBe('há 8 s');
  });

  it.each([
    [200, '1 s'],
    [32_600, '33 s'],
    [200_000, '3 min'],
    [7_500_000, '2 h 05 min']
  ])('guessed as %d ms is %s', (ms, expected) => {
    expect(plain(formatRough(ms, 'pt-BR'))).toBe(expected);
  });

  it.each([
    [1_197_400, '19 min 58 s'],
    [58_000, '58 s'],
    [-5, '0 s']
  ])('counting down from %d ms is %s', (ms, expected) => {
    expect(plain(formatCountdown(ms, 'pt-BR'))).toBe(expected);
  });

  it.each([
    [11.4, '11 ms'],
    [10_240, '10,2 s'],
    [185_000, '3 min 05 s'],
    [7_500_000, '2 h 05 min']
  ])('lasting %d ms is %s', (ms, expected) => {
    expect(plain(formatDuration(ms, 'pt-BR'))).toBe(expected);
  });
});

describe('numbers', () => {
  it('follow the language', () => {
    expect(formatNumber(8214, 'pt-BR')).toBe('8.214');
    expect(formatNumber(8214, 'en')).toBe('8,214');
    expect(formatNumber(8214, 'es')).toBe('8.214');
    expect(formatFixed(7, 'pt-BR')).toBe('7,0');
    expect(plain(formatPercent(0.423, 'pt-BR'))).toBe('42 %');
    expect(formatPercent(0.046, 'en', 1)).toBe('4.6%');
  });

  it('write money as R$ 1.234,56', () => {
    expect(plain(formatMoney(1234.56, 'pt-BR'))).toBe('R$ 1.234,56');
    expect(plain(formatMoney(412300, 'pt-BR', 'BRL', true))).toBe('R$ 412.300');
    expect(plain(formatMoney(1234.5, 'en'))).toBe('R$1,234.50');
    expect(plain(formatMoney(1234.5, 'es'))).toBe('1.234,50 R$');
  });
});

describe('phones', () => {
  it.each([
    ['+5511987654417', '+55 11 98765-4417', '+55 11 9•••• 4417'],
    ['+551132654417', '+55 11 3265-4417', '+55 11 •••• 4417'],
    ['5511987654417', '+55 11 98765-4417', '+55 11 9•••• 4417'],
    ['+14155552671', '+14155552671', '+14 •••• 2671'],
    ['4417', '4417', '••••'],
    ['', '', '']
  ])('%s reads as %s and masks as %s', (e164, shown, masked) => {
    expect(formatPhone(e164)).toBe(shown);
    expect(maskPhone(e164)).toBe(masked);
  });

  it.each([
    ['5511987654417', '+55 11 98765-4417'],
    ['+55 (11) 98765-4417', '+55 11 98765-4417'],
    ['(11) 98765-4417', '11 98765-4417'],
    ['1132654417', '11 3265-4417'],
    ['+14155552671', '+14155552671'],
    ['4417', '4417'],
    ['ramal 12', 'ramal 12']
  ])('typed into a field as %s reads %s', (typed, shown) => {
    expect(formatTypedPhone(typed)).toBe(shown);
  });

  it('are expected in fields that are called so', () => {
    for (const name of ['WhatsApp', 'Telefone 2', 'Celular', 'Phone', 'Teléfono']) {
      expect(isPhoneField(name), name).toBe(true);
    }
    expect(isPhoneField('CNPJ')).toBe(false);
  });

  it('never shows the middle of a number it masks', () => {
    for (let n = 0; n < 200; n++) {
      const middle = String(10_000 + n * 449).slice(0, 5);
      expect(maskPhone(`+5511${middle}4417`)).not.toContain(middle.slice(1));
    }
  });
});
