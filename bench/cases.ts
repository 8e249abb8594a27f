import { spawnSync } from 'node:child_process';
import { PROGRAM } from '../test/kit/built-program.ts';
import { serve } from '../test/kit/connections.ts';
import { fillWithTimeWait } from '../test/kit/fill.ts';
import { closeAllSockets } from '../test/kit/native-socket.ts';
import { enterNewNamespace } from '../test/kit/network-namespace.ts';
import { writeSysctl } from '../test/kit/sysctl.ts';
import { takeCensuses } from './census-times.ts';
import { timeCommand } from './commands.ts';
import type { Mark } from './marks.ts';
import { type Measurement, measure } from './measurement.ts';
import { depopulate, type PopulationSize, populate } from './population.ts';
import { progress } from './progress.ts';
import { median } from './statistics.ts';

const QUIET_ROUNDS = 15;
const OWNERS_BUDGET_MS = 250;

/** Connections of many processes, few lanes or each a lane of its own. `then` runs while they are there. */
export async function connectionsCase(
  mode: 'few' | 'many',
  size: PopulationSize,
  then: () => void = () => {},
): Promise<Measurement> {
  enterNewNamespace();
  const used = size.processes * size.pairs;
  try {
    await populate(size, mode);
    const lanes = mode === 'many' ? used : size.processes;
    const measured = measure({
      name: `${mode} lanes`,
      sockets: 2 * used,
      expected: { lanes, used },
      warmUps: 1,
      runs: 2,
    });
    then();
    return measured;
  } finally {
    await depopulate();
  }
}

/** One lane, full of TIME_WAIT. */
export function timeWaitCase(): Measurement {
  enterNewNamespace();
  progress('time-wait: filling the lane');
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  const used = fillWithTimeWait(serve('127.0.0.1', 10_000), { portRange: [32_768, 60_999] });
  try {
    return measure({ name: 'time-wait', sockets: used, expected: { lanes: 1, used }, warmUps: 5, runs: 11 });
  } finally {
    closeAllSockets();
  }
}

/** `status` where there is next to nothing to see: what is left is how long it takes to start. */
export function quietMarks(): Mark[] {
  enterNewNamespace();
  progress('quiet: status and node -e 0 in turns');
  const status: number[] = [];
  const nothing: number[] = [];
  for (let round = 0; round < QUIET_ROUNDS; round += 1) {
    status.push(timeCommand([process.execPath, PROGRAM, 'status']));
    nothing.push(timeCommand([process.execPath, '-e', '0']));
  }
  const measured = median(status) / median(nothing);
  return [{ name: 'quiet: wall time of status, of that of node -e 0', measured, limit: 2.2, unit: '' }];
}

/** The search for owners, among so many open files that it cannot end in time. */
export function ownersMarks(): Mark[] {
  progress('owners');
  const { owners } = takeCensuses({ runs: 0, ownersMs: OWNERS_BUDGET_MS });
  const late = owners?.milliseconds ?? Number.POSITIVE_INFINITY;
  process.stdout.write(`${owners?.stopped ?? 'All owners were found in time.'}\n`);
  return [
    {
      name: `owners: time, of the ${OWNERS_BUDGET_MS} ms allowed`,
      measured: late / OWNERS_BUDGET_MS,
      limit: 1.5,
      unit: '',
    },
  ];
}

/** Whether programs that the bench holds the census against are there. */
export function missingPrograms(): string[] {
  return ['ss', 'awk', 'sort', 'uniq', 'ip'].filter((name) => spawnSync('which', [name]).status !== 0);
}
