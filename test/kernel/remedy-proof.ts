import { spawnSync } from 'node:child_process';
import { release } from 'node:os';
import { expect } from 'vitest';
import { takeCensus } from '../../src/census/take-census.ts';
import { machineOf, ownCapabilities } from '../../src/diagnosis/machine.ts';
import { ticksPerSecond } from '../../src/linux/timer-tick.ts';
import type { Machine } from '../../src/remedies/machine.ts';
import type { Remedy } from '../../src/remedies/remedy.ts';
import { usablePorts } from '../../src/tcp/capacity.ts';
import type { LaneModel } from '../../src/tcp/lane-model.ts';
import { writeSysctl } from '../kit/sysctl.ts';

/** The namespace that this thread is in, as remedies see it, and a lane of it whose clients close at once. */
export interface Subject {
  readonly machine: Machine;
  readonly model: LaneModel;
}

/** Looks at the namespace that this thread is in, as `doctor` does. */
export async function subjectHere(holdSeconds = 0): Promise<Subject> {
  const taken = await takeCensus();
  const machine = machineOf(taken, {
    ...{ name: null, holder: null, isOwn: true, path: null, kernel: release() },
    ...{ ticksPerSecond: ticksPerSecond(), capabilities: ownCapabilities() },
  });
  const slotsPerLane = usablePorts(taken.census.pool);
  return { machine, model: { lanes: 1, slotsPerLane, holdSeconds, afterCloseSeconds: machine.timeWaitSeconds } };
}

/** Makes the changes of a remedy, in their order, in the namespace that this thread is in. */
export function apply(remedy: Remedy, machine: Machine): void {
  expect(remedy.missing(machine)).toEqual([]);
  for (const { setting, value } of remedy.changes?.(machine) ?? []) writeSysctl(`ipv4.${setting}`, value);
}

/** Types a command in the namespace that this thread is in. */
export function type(command: string | undefined): void {
  const { status, stderr, stdout } = spawnSync('sh', ['-c', command ?? 'false'], { encoding: 'utf8' });
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: '' });
}

/** The share by which a prediction may be wrong. */
const TOLERANCE = 0.05;

export function expectReached(reached: number, predicted: number): void {
  expect(Math.abs(reached / predicted - 1), `reached ${reached}, predicted ${predicted}`).toBeLessThan(TOLERANCE);
}
