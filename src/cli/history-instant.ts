import { FourtupleError } from '../tcp/error.ts';
import { tryParseSeconds } from '../tcp/quantity.ts';

const DAY = String.raw`(\d{4})-(\d{2})-(\d{2})`;
const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?`;
const WITH_ZONE = new RegExp(String.raw`^${DAY}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$`, 'i');
const LOCAL = new RegExp(`^${DAY}(?:[T ]${CLOCK})?$`);
const TODAY = new RegExp(`^${CLOCK}$`);
const AGO = /^-?\s*(.+?)(?:\s+ago)?$/;
const DAYS = /^(\d+(?:\.\d+)?)\s*d(?:ays?)?$/;
const DAY_MS = 86_400_000;
/** Clocks of two machines differ a little. */
const AHEAD_MS = 60_000;

/**
 * Reads an instant as people write it: `2026-11-20 03:12`, in the time zone of this process; `2026-11-20T03:12:00Z`;
 * `03:12`, the last time that it was; `2h ago`, `-2h` or `2h`; `now`.
 *
 * @param nowMs milliseconds since 1970
 * @returns milliseconds since 1970
 * @throws FourtupleError FT_ARGUMENT where it is none, or still to come
 */
export function parseInstant(text: string, nowMs: number = Date.now()): number {
  const trimmed = text.trim();
  const instant = withZone(trimmed) ?? local(trimmed) ?? today(trimmed, nowMs) ?? ago(trimmed, nowMs);
  if (instant === null) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      `'${text}' is no time: write '2026-11-20 03:12', 2026-11-20T03:12:00Z, 03:12, or '2h ago'`,
    );
  }
  if (instant <= nowMs + AHEAD_MS) return instant;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is yet to come: the history holds what was`);
}

function withZone(text: string): number | null {
  if (!WITH_ZONE.test(text)) return null;
  const [, year, month, day] = LOCAL.exec(text.slice(0, 10)) ?? [];
  if (!isDay(Number(year), Number(month), Number(day))) return null;
  const instant = Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(instant) ? null : instant;
}

function local(text: string): number | null {
  const [matched, year, month, day, ...clock] = LOCAL.exec(text) ?? [];
  return matched === undefined ? null : localInstant([Number(year), Number(month), Number(day)], clock);
}

function today(text: string, nowMs: number): number | null {
  const [matched, ...clock] = TODAY.exec(text) ?? [];
  if (matched === undefined) return null;
  const now = new Date(nowMs);
  const on = (daysBefore: number): number | null =>
    localInstant([now.getFullYear(), now.getMonth() + 1, now.getDate() - daysBefore], clock, false);
  const instant = on(0);
  return instant !== null && instant > nowMs ? on(1) : instant;
}

function localInstant(
  [year, month, day]: readonly [number, number, number],
  clock: readonly (string | undefined)[],
  checked = true,
): number | null {
  const [hours = 0, minutes = 0, seconds = 0] = clock.map((part) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds > 59 || (checked && !isDay(year, month, day))) return null;
  return new Date(year, month - 1, day, hours, minutes, seconds).getTime();
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function ago(text: string, nowMs: number): number | null {
  if (text === 'now') return nowMs;
  const [, amount = ''] = AGO.exec(text) ?? [];
  const days = DAYS.exec(amount)?.[1];
  const ms = days === undefined ? (tryParseSeconds(amount) ?? Number.NaN) * 1_000 : Number(days) * DAY_MS;
  return Number.isNaN(ms) ? null : nowMs - ms;
}
