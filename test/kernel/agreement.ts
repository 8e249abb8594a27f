import { expect } from 'vitest';
import type { LaneReport, NamespaceReport } from '../../src/diagnosis/report.ts';
import type { ClientOptions, Connection, Server } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { countedStates, settled } from '../kit/socket-statistics.ts';
import { type Mode, observe } from './observe.ts';

/** A lane as a test names it. */
export interface LaneName {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly device?: string | null;
}

/** A name for the lane that clients of an address use. */
export function laneTo(to: { readonly address: string; readonly port: number }, source: string): LaneName {
  return { source, destination: to.address, port: to.port };
}

/** The lane's use; undefined where the census has no such lane. */
export function findLane(census: NamespaceReport, name: LaneName): LaneReport | undefined {
  const { source, destination, port, device } = name;
  const found = census.lanes.filter(
    (lane) =>
      lane.source === source &&
      lane.destination === destination &&
      lane.port === port &&
      (device === undefined || lane.device === device),
  );
  expect(found.length, `lanes with this name: ${JSON.stringify(name)}`).toBeLessThan(2);
  return found[0];
}

/** The lane's use; fails the test where the census has no such lane. */
export function laneOf(census: NamespaceReport, name: LaneName): LaneReport {
  const lane = findLane(census, name);
  if (lane === undefined) throw new Error(`no lane ${JSON.stringify(name)} among ${names(census)}`);
  return lane;
}

/**
 * The lane's use, found equal to what `ss` counts on the ports of the range.
 *
 * @param mode in which the census is taken; in both where left out
 */
export async function countedLane(name: LaneName, mode?: Mode): Promise<LaneReport> {
  await settled();
  const census = await observe(inMode(mode));
  const { low, high } = census.ports;
  const inRange = (port: number): boolean => port >= low && port <= high;
  const counted = countedStates(name.source, name.destination, name.port, inRange);
  const lane = laneOf(census, name);
  expect(lane.states).toEqual(counted);
  expect(lane.used).toBe(Object.values(counted).reduce((sum, count) => sum + count, 0));
  return lane;
}

/**
 * Holds the census against the kernel: as many connections as it calls free are taken, not one more, and then it calls
 * the lane full.
 *
 * @returns the connections that the kernel took
 */
export async function expectFreeIsWhatIsTaken(
  to: Server,
  name: LaneName,
  options: ClientOptions = {},
  mode?: Mode,
): Promise<Connection[]> {
  await settled();
  const census = await observe(inMode(mode));
  const expected = findLane(census, name)?.free ?? census.ports.usable;
  const taken = fillUntilRefused(to, options);
  expect(taken).toHaveLength(expected);
  const full = await countedLane(name, mode);
  expect(full).toMatchObject({ used: full.slots, free: 0, reclaimable: 0, utilization: 1 });
  return taken;
}

function inMode(mode: Mode | undefined): { readonly mode?: Mode } {
  return mode === undefined ? {} : { mode };
}

function names(census: NamespaceReport): string {
  return census.lanes.map((lane) => `${lane.source} > ${lane.destination} ${lane.port}`).join(', ') || 'none';
}
