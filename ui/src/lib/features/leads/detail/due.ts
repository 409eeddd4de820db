import {
  fromAbsolute,
  toCalendarDateTime,
  toZoned,
  type CalendarDateTime
} from '@internationalized/date';
import type { MessageKey } from '$lib/i18n';

export interface QuickDue {
  label: MessageKey;
  at: CalendarDateTime;
}

/** When the next step usually is, where the account is: what has passed is left out, and nothing is offered twice. */
export function quickDues(now: number, zone: string): QuickDue[] {
  const here = toCalendarDateTime(fromAbsolute(now, zone));
  const at = (days: number, hour: number) =>
    here.add({ days }).set({ hour, minute: 0, second: 0, millisecond: 0 });
  const weekday = here.toDate('UTC').getUTCDay();
  const toMonday = (8 - weekday) % 7 || 7;
  return [
    { label: 'edit.due.today' as const, at: at(0, 17) },
    { label: 'edit.due.tomorrow' as const, at: at(1, 9) },
    ...(toMonday > 1 ? [{ label: 'edit.due.monday' as const, at: at(toMonday, 9) }] : [])
  ].filter((one) => one.at.compare(here) > 0);
}

export function millisOf(due: CalendarDateTime, zone: string): number {
  return toZoned(due, zone).toDate().getTime();
}
