import { DAY_SECONDS } from '../simulation/day-curve.ts';

/** Which part of the day a simulation covers: `11:55 to 12:05`, `from midnight on`. */
export function dayText(beginsSeconds: number, seconds: number): string {
  if (seconds >= DAY_SECONDS) return 'from midnight on';
  return `${clockText(beginsSeconds)} to ${clockText(beginsSeconds + seconds)}`;
}

/** To the minute, and to the second where it is not a whole one. */
function clockText(secondsAfterMidnight: number): string {
  const whole = Math.round(secondsAfterMidnight) % DAY_SECONDS;
  const parts = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, ...(whole % 60 === 0 ? [] : [whole % 60])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
