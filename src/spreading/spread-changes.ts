import type { RecordedChange } from '../changes/recorded-change.ts';
import { spreadCookie } from '../changes/spread-target.ts';
import type { ChangePlace } from '../changes/target.ts';
import { walkCgroups } from '../linux/cgroup-tree.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { type FoundSpread, findSpread } from '../linux/spread-program.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Spread } from '../tcp/spread.ts';
import { formatSpread } from '../tcp/spread-text.ts';
import { sourceChanges } from './source-changes.ts';

export interface SpreadOptions {
  /** Of the cgroup whose connections are meant. */
  readonly directory: string;
  /** The link that sources are added to which are not local; null for none. */
  readonly addTo: string | null;
  /** Whether it stays when this process ends. */
  readonly detach: boolean;
}

/**
 * What a spread changes, as the journal keeps it: the addresses that are missing, and the programs of the cgroup last, so
 * that they are the first to be taken back. Reads only.
 *
 * @throws FourtupleError FT_ARGUMENT where a source is not local; FT_CHANGED where a spread acts on the cgroup already
 */
export function spreadChanges({ handle }: ChangePlace, spread: Spread, options: SpreadOptions): RecordedChange[] {
  const { directory, addTo, detach } = options;
  const addresses = spread.kind === 'sources' ? inNamespace(handle, () => sourceChanges(spread.sources, addTo)) : [];
  return [
    ...addresses,
    { kind: detach ? 'pinned-spread' : 'spread', setting: directory, from: null, to: formatSpread(spread) },
  ];
}

/**
 * A spread is never replaced, nor laid over another one or below it: a connection is spread once.
 *
 * @param directory of the cgroup
 * @throws FourtupleError FT_CHANGED naming what is there; FT_PRIVILEGE, FT_UNSUPPORTED, FT_KERNEL
 */
export function refuseSecondSpread({ handle }: ChangePlace, directory: string): void {
  const cookie = spreadCookie(handle);
  const above = findSpread(directory, cookie, 'all');
  if (above !== null) throw second(directory, 'by the cgroup itself, or by one above it', above);
  for (const { below } of walkCgroups(directory)) {
    const found = findSpread(directory + below, cookie);
    if (found !== null) throw second(directory + below, `below ${directory}`, found);
  }
}

function second(directory: string, where: string, { maps, spread }: FoundSpread): FourtupleError {
  maps.close();
  return new FourtupleError(
    'FT_CHANGED',
    `connections of ${directory} are spread already, ${where}: ${formatSpread(spread)}`,
    { hint: '`fourtuple fix` lists what is applied, and `fourtuple fix --undo ID` takes it back.' },
  );
}
