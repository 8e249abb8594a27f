import type { Instruction } from './instruction.ts';
import type { LaneFacts } from './remedy.ts';

type Place = Instruction['where'];

const MOST_INSTRUCTIONS = 4;

/** By the kernel's names of processes (at most 15 bytes): Node names its main thread, from version 22 on. */
const PLACES: ReadonlyMap<string, Place> = new Map([
  ['nginx', 'nginx'],
  ['openresty', 'nginx'],
  ['haproxy', 'haproxy'],
  ['envoy', 'envoy'],
  ['node', 'node'],
  ['MainThread', 'node'],
  ['node-MainThread', 'node'],
]);

/** Where the program that opens a lane's connections is told what to do; null where it is not known or has no such place. */
export function placeOf({ program }: Pick<LaneFacts, 'program'>): Place | null {
  return (program === null ? undefined : PLACES.get(program.name)) ?? null;
}

/**
 * The instructions that are for the program that opens a lane's connections; all of them, but at most four, where it is
 * not known or none is made for it. One with a configuration of its own is told nothing that is for others.
 */
export function forProgram(lane: Pick<LaneFacts, 'program'>, instructions: readonly Instruction[]): Instruction[] {
  const place = placeOf(lane);
  if (place === null) return instructions.slice(0, MOST_INSTRUCTIONS);
  const own = instructions.filter(({ where }) => where === place);
  return own.length > 0 ? own : instructions.filter(({ where }) => where === 'shell');
}
