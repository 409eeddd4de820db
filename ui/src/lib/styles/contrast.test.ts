import raw from './tokens.css?raw';
import { describe, expect, it } from 'vitest';

const css = raw.split('@media')[0] ?? '';
const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((m) => [
    m[1]!,
    [m[2]!, m[3]!] as const
  ])
);

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function token(name: string, theme: number): string {
  const value = pairs.get(name)?.[theme];
  if (!value) throw new Error(`no token --${name}`);
  return value;
}

/** [ink, ground, least ratio] */
const cases: [string, string, number][] = [
  ...['canvas', 'surface-1', 'surface-2', 'surface-3'].flatMap(
    (ground): [string, string, number][] => [
      ['text', ground, 7],
      ['text-muted', ground, 4.5],
      ['line-control', ground, 3]
    ]
  ),
  ...['canvas', 'surface-1', 'surface-2'].flatMap((ground): [string, string, number][] => [
    ['text-faint', ground, 4.5],
    ['accent', ground, 4.5],
    ['good', ground, 4.5],
    ['warn', ground, 4.5],
    ['bad', ground, 4.5],
    ['info', ground, 4.5]
  ]),
  ...['accent', 'good', 'warn', 'bad', 'info'].map((role): [string, string, number] => [
    role,
    `${role}-soft`,
    4.5
  ]),
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-hover', 4.5],
  ['on-bad', 'bad', 4.5],
  ['text', 'accent-soft', 7],
  ['text-muted', 'accent-soft', 4.5]
];

describe.each([
  ['light', 0],
  ['dark', 1]
])('the %s theme', (_name, theme) => {
  it.each(cases)('shows %s on %s at %d:1 or better', (ink, ground, least) => {
    expect(contrast(token(ink, theme), token(ground, theme))).toBeGreaterThanOrEqual(least);
  });
});
