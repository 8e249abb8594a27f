import { FourtupleError } from '../tcp/error.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import { tryParseSeconds } from '../tcp/quantity.ts';
import type { AlertRange } from './check/alert-range.ts';
import type { Threshold, Thresholds } from './check/judge.ts';
import { STATES, type State } from './check/state.ts';

/** What `check` is asked for. */
export interface CheckFlags {
  readonly warning: AlertRange;
  readonly critical: AlertRange;
  readonly warningSeconds: AlertRange;
  readonly criticalSeconds: AlertRange;
  readonly warningRefusals?: AlertRange;
  readonly criticalRefusals?: AlertRange;
  readonly netns?: string;
  readonly all?: boolean;
  readonly lane?: LanePattern;
  /** Milliseconds. */
  readonly watchCloses?: number;
  /** Milliseconds. */
  readonly trace?: number;
  readonly timeout: Timeout;
  /** How often -v was said. */
  readonly verbose?: number;
  readonly version?: boolean;
}

/** How long to look at most, and what it means where that was not enough. */
export interface Timeout {
  readonly seconds: number;
  readonly state: State;
}

const LONGEST_TIMEOUT = 3_600;

/**
 * Reads `10`, seconds, or `1m`; `10:critical` says what it means, by name or number.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseTimeout(text: string): Timeout {
  const [, time = '', name = 'unknown'] = /^([^:]*)(?::(\w+))?$/.exec(text) ?? [];
  const seconds = /^\d+$/.test(time) ? Number(time) : (tryParseSeconds(time) ?? 0);
  const state = STATES.find((one, code) => one === name.toUpperCase() || `${code}` === name);
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT && state !== undefined) return { seconds, state };
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a time from 1 to 3600 seconds: write 10, or 10:critical`);
}

export function thresholdsOf(flags: CheckFlags): Thresholds {
  const threshold = (warning: AlertRange | undefined, critical: AlertRange | undefined): Threshold => ({
    warning: warning ?? null,
    critical: critical ?? null,
  });
  return {
    utilization: threshold(flags.warning, flags.critical),
    seconds: threshold(flags.warningSeconds, flags.criticalSeconds),
    refusals: threshold(flags.warningRefusals, flags.criticalRefusals),
  };
}

/** @throws FourtupleError FT_ARGUMENT where flags exclude each other */
export function checkTogether({ all, netns, watchCloses = 0, trace = 0, timeout }: CheckFlags): void {
  if (all === true && netns !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', '--all and --netns exclude each other');
  }
  if (Math.max(watchCloses, trace) >= timeout.seconds * 1_000) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      `--timeout of ${timeout.seconds} s ends before ${watchCloses >= trace ? '--watch-closes' : '--trace'} does`,
    );
  }
}
