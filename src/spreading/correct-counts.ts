import { TICKS } from '../linux/spread-layout.ts';
import type { SpreadMaps } from '../linux/spread-maps.ts';
import { choicesOf, type Spread } from '../tcp/spread.ts';
import type { HeldLane } from './held-slots.ts';
import { nameOf } from './spread-lanes.ts';

/** Of a lane that nobody holds. */
const NONE = new Float64Array(TICKS);

/**
 * Tells a spread in the kernel how many slots of its lanes are held: what was there before it, and whatever its own counts
 * have got wrong. A lane that nobody holds is corrected too.
 *
 * @param lanes as they are held now
 */
export function correctCounts(maps: SpreadMaps, spread: Spread, lanes: readonly HeldLane[]): void {
  // A prefix has a lane for each of its addresses, and none of them fills.
  if (choicesOf(spread) === null) return;
  for (const [index, after] of heldByIndex(maps, spread, lanes)) maps.correct(index, after);
}

function heldByIndex(maps: SpreadMaps, spread: Spread, lanes: readonly HeldLane[]): Map<number, Float64Array> {
  const choices = spread.kind === 'sources' ? spread.sources.length : spread.over.length;
  const numbers = new Map(
    spread.kind === 'sources'
      ? spread.sources.map(({ address }, number) => [address, number])
      : spread.over.map((endpoint, number) => [nameOf(endpoint), number]),
  );
  const held = new Map<number, Float64Array>();
  for (const { source, destination, after } of lanes) {
    const number = numbers.get(spread.kind === 'sources' ? source : nameOf(destination));
    if (number === undefined) continue;
    const group = maps.groupOf(spread.kind === 'sources' ? destination : spread.from);
    if (group === null) continue;
    const index = group * choices + number;
    const sum = held.get(index);
    // Lanes of several sources to one destination are one choice.
    if (sum === undefined) held.set(index, after.slice());
    else for (const [tick, slots] of after.entries()) sum[tick] = (sum[tick] as number) + slots;
  }
  for (const index of maps.laneIndices()) if (!held.has(index)) held.set(index, NONE);
  return held;
}
