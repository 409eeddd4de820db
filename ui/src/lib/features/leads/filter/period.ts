import {
  fromAbsolute,
  parseDate,
  toCalendarDate,
  type CalendarDate
} from '@internationalized/date';

/**
 * A stretch of time as one word, the same in the address, in a saved view and on the screen:
 * `today`, `month`, `7d` (the last seven days), `+7d` (the next seven), `2025-11-01..2025-11-30`
 * (both days belong to it), and with either side left open. A view that says `7d` still means the
 * last seven days when it is opened next week.
 */
export type Period = string;

/** From this instant, up to but not including that one; unix milliseconds. */
export interface Stretch {
  fromMs?: number;
  toMs?: number;
}

export const PAST_PERIODS: readonly Period[] = ['today', '7d', '30d', '90d', 'month'];
export const AROUND_PERIODS: readonly Period[] = ['today', '+7d', '7d', '30d', 'month'];

const DAY_MS = 86_400_000;
const ROLLING = /^(\+?)(\d{1,4})d$/;
const DAYS = /^(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?$/;

function day(text: string | undefined): CalendarDate | null {
  if (!text) return null;
  try {
    return parseDate(text);
  } catch {
    return null;
  }
}

/** The two days of a period that was chosen by hand; null when it is another kind. */
export function periodDays(
  period: Period
): { from: CalendarDate | null; to: CalendarDate | null } | null {
  const days = DAYS.exec(period);
  if (!days) return null;
  const found = { from: day(days[1]), to: day(days[2]) };
  return found.from || found.to ? found : null;
}

/** The period of two chosen days; null when neither is. */
export function periodOfDays(from: CalendarDate | null, to: CalendarDate | null): Period | null {
  if (!from && !to) return null;
  const [first, last] = from && to && from.compare(to) > 0 ? [to, from] : [from, to];
  return `${first?.toString() ?? ''}..${last?.toString() ?? ''}`;
}

/** How many days a rolling period has, negative for the coming ones; null when it is another kind. */
export function rollingDays(period: Period): number | null {
  const rolling = ROLLING.exec(period);
  if (!rolling) return null;
  const days = Number(rolling[2]);
  return days === 0 ? null : rolling[1] ? -days : days;
}

/** What the period means at `now` where the account is; null when the word means nothing. */
export function resolvePeriod(period: Period, now: number, zone: string): Stretch | null {
  const today = toCalendarDate(fromAbsolute(now, zone));
  const midnight = (date: CalendarDate) => date.toDate(zone).getTime();
  const days = rollingDays(period);
  if (days !== null) {
    return days > 0 ? { fromMs: now - days * DAY_MS } : { fromMs: now, toMs: now - days * DAY_MS };
  }
  if (period === 'today') {
    return { fromMs: midnight(today), toMs: midnight(today.add({ days: 1 })) };
  }
  if (period === 'month') {
    const first = today.set({ day: 1 });
    return { fromMs: midnight(first), toMs: midnight(first.add({ months: 1 })) };
  }
  const chosen = periodDays(period);
  if (!chosen) return null;
  return {
    ...(chosen.from ? { fromMs: midnight(chosen.from) } : {}),
    ...(chosen.to ? { toMs: midnight(chosen.to.add({ days: 1 })) } : {})
  };
}

/** Whether the word means anything at all. */
export function isPeriod(text: string): boolean {
  return (
    text === 'today' || text === 'month' || rollingDays(text) !== null || periodDays(text) !== null
  );
}
