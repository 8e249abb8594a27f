import { FourtupleError } from '../tcp/error.ts';
import type { StatusFlags } from './status-flags.ts';

/** What asks about this machine as it is, or another one. */
const ABOUT_NOW = ['from', 'watchCloses', 'range', 'reserved', 'listening'] as const;
const FLAG_NAMES = {
  from: '--from',
  watchCloses: '--watch-closes',
  range: '--range',
  reserved: '--reserved',
  listening: '--listening',
} as const;

/** @throws FourtupleError FT_ARGUMENT where flags exclude each other */
export function checkHistoryFlags(flags: StatusFlags): void {
  const wrong = ABOUT_NOW.find((flag) => flags[flag] !== undefined);
  if (flags.at !== undefined && wrong !== undefined) {
    const message = `--at shows what an agent has recorded of this machine: leave out ${FLAG_NAMES[wrong]}`;
    throw new FourtupleError('FT_ARGUMENT', message);
  }
  if (flags.at === undefined && flags.history !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', "--history goes with --at: when is the machine to be shown, '2h ago'?");
  }
}
