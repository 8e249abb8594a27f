import { FourtupleError } from '../tcp/error.ts';

/** What `fleet` is asked for. */
export interface FleetFlags {
  readonly prometheus?: string;
  readonly tokenFile?: string;
  readonly match?: readonly string[];
  readonly top?: number;
  readonly lanes?: number;
  readonly json?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

const MOST_LANES = 1_000;

/** Reads how many machines to list: a whole number from 1 on, or `all`. @throws FourtupleError FT_ARGUMENT */
export function parseMachines(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a number of machines: write 20, or all`);
}

/** Reads how many lanes of each machine to list. @throws FourtupleError FT_ARGUMENT */
export function parseLanes(text: string): number {
  const lanes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (lanes >= 1 && lanes <= MOST_LANES) return lanes;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a number of lanes from 1 to ${MOST_LANES}: write 3`);
}
