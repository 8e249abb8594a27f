import { existsSync } from 'node:fs';
import { stateDirectory } from '../changes/state-directory.ts';
import type { NamespaceHandle } from '../linux/network-namespace.ts';
import type { LanesCounted } from '../spreading/counted-lanes.ts';

/** Reads what is counted in a network namespace. */
export type ReadCounts = (handle: NamespaceHandle) => LanesCounted;

const NOTHING: LanesCounted = { lanes: null, notes: [] };

/** What reads the counts of spreads that are attached; what that takes is loaded only where the journal has one open. */
export async function spreadCounts(): Promise<ReadCounts> {
  const directory = stateDirectory(process.env);
  // Most machines have none, and learn so by one system call.
  if (!existsSync(`${directory}/journal`)) return () => NOTHING;
  const { mentionsSpread } = await import('../spreading/spread-mention.ts');
  if (!mentionsSpread(directory)) return () => NOTHING;
  const { openSpreads } = await import('../spreading/open-spreads.ts');
  const spreads = openSpreads(directory);
  if (spreads.length === 0) return () => NOTHING;
  const { countedLanes } = await import('../spreading/counted-lanes.ts');
  return (handle) => countedLanes(handle, spreads);
}
