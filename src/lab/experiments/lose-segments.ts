import { spawnSync } from 'node:child_process';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import { findProgram } from '../needed-programs.ts';

const TABLE = 'lossy';
/** Longer than a segment without data, with all options that there are. */
const DATA_BYTES = 120;

/**
 * Of the segments with data that arrive on a host, one in so many is lost.
 *
 * @throws FourtupleError FT_UNSUPPORTED where packets cannot be filtered here
 */
export function loseOneIn(count: number, host: Host): void {
  const rule = `meta length > ${DATA_BYTES} numgen inc mod ${count} == 0 counter drop`;
  runNft(host, `table ip ${TABLE} { chain input { type filter hook input priority 0; ${rule}; }; }`);
}

/** How many have been lost, as nftables has counted them. */
export function countLost(host: Host): number {
  return Number(/counter packets (\d+)/.exec(runNft(host, `list table ip ${TABLE}`))?.[1]);
}

/** @returns its output */
function runNft(host: Host, command: string): string {
  // A user's own PATH may lack it.
  const program = findProgram('nft') ?? 'nft';
  const { status, stdout, stderr, error } = host.inside(() => spawnSync(program, [command], { encoding: 'utf8' }));
  if (status === 0) return stdout;
  const [reason] = (error?.message ?? stderr.trim()).split('\n');
  throw new FourtupleError('FT_UNSUPPORTED', `nftables cannot be used here: ${reason}`);
}
