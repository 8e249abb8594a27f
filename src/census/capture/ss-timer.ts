/**
 * A time as ss prints it (`print_ms_timer()` of iproute2's misc/ss.c): `59sec`, `1min59sec`, `10min`, `3.250sec`,
 * `850ms`, and nothing at all for 0. iproute2 before 6.2 ends seconds with a fraction in `ms`: `1.096ms` is 1.096 seconds.
 */
const DURATION =
  /^(?:(?<minutes>\d{1,6})min)?(?:(?<seconds>\d{1,2})(?:\.(?<fraction>\d{3})(?:sec|ms)|sec)|(?<ms>\d{3})ms)?$/;

/** @returns milliseconds, -1 where the text is none. ss cuts fractions of a second from ten seconds on. */
export function parseSsDuration(text: string): number {
  const parts = DURATION.exec(text)?.groups;
  if (parts === undefined) return -1;
  const { minutes = '0', seconds = '0', fraction = '0', ms = '0' } = parts;
  return Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(fraction) + Number(ms);
}
