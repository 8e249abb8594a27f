import type { RecordedChange } from '../changes/recorded-change.ts';
import { spreadCookie } from '../changes/spread-target.ts';
import type { ChangePlace } from '../changes/target.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { findSpread } from '../linux/spread-program.ts';
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
 * A spread is never replaced, nor laid over another one.
 *
 * @throws FourtupleError FT_CHANGED naming what is there; FT_PRIVILEGE, FT_UNSUPPORTED
 */
export function refuseSecondSpread({ handle }: ChangePlace, directory: string): void {
  const found = findSpread(directory, spreadCookie(handle), 'all');
  if (found === null) return;
  found.maps.close();
  throw new FourtupleError(
    'FT_CHANGED',
    `connections of ${directory} are spread already: ${formatSpread(found.spread)}`,
    {
      hint: 'By the cgroup itself, or one above it. `fourtuple fix` lists what is applied, and `fourtuple fix --undo ID` takes it back.',
    },
  );
}
