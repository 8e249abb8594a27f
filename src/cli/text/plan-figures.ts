import { formatRate, formatSeconds, formatShare, formatWait } from '../../tcp/number-text.ts';

/** What floating point may take off a whole number. */
const ROUNDING = 1e-12;

/** From here on seconds are told in minutes and hours. */
const LONG_SECONDS = 120;

/** The rarest refusals that are told apart. */
const RAREST = 1e-9;

/** A rate that can be sustained, never rounded up; `no limit` where ports do not bound it. */
export function formatSustained(perSecond: number | null): string {
  return perSecond === null ? 'no limit' : formatRate(roundDown(perSecond));
}

/** To what is printed of a rate: whole, and below 10 with one digit more. */
function roundDown(perSecond: number): number {
  const exact = perSecond * (1 + ROUNDING);
  return exact >= 10 ? Math.floor(exact) : Math.floor(exact * 10) / 10;
}

/** A share of refused connections, short enough for a table: `0%`, `<1e-9`, `3.1e-5`, `4.6%`. */
export function formatRefusal(probability: number | null): string {
  if (probability === null || probability === 0 || probability >= 0.001) return formatShare(probability);
  return probability < RAREST ? `<${RAREST.toExponential()}` : probability.toExponential(1);
}

/** A length of time: `50 ms`, `60 s`, `2 min`, `1 h 30 min`. */
export function formatTime(seconds: number): string {
  return seconds <= LONG_SECONDS ? formatSeconds(seconds) : formatWait(seconds).replace(/ 0 (?:s|min)$/, '');
}
