import { type CensusRun, type CensusTimes, takeCensuses } from './census-times.ts';
import { TODAY, timeCommand } from './commands.ts';
import { progress } from './progress.ts';
import { median } from './statistics.ts';

/** One case's medians, in milliseconds; taken in turns, so that what disturbs the machine disturbs all of them. */
export interface Measurement {
  readonly name: string;
  readonly sockets: number;
  readonly lanes: number;
  /** The first census of a process, whose code is not compiled yet. */
  readonly first: number;
  /** A later one. */
  readonly ours: number;
  /** Of `ours`, inside the kernel's send and recv. */
  readonly kernel: number;
  readonly statistics: number;
  readonly pipeline: number;
  readonly table: number;
  readonly peakMegabytes: number;
}

export interface Case {
  readonly name: string;
  readonly sockets: number;
  /** What a census must find, lest it be quick because it is wrong. */
  readonly expected: { readonly lanes: number; readonly used: number };
  /** So many censuses go before the measured ones of a process. */
  readonly warmUps: number;
  /** So many are measured. */
  readonly runs: number;
}

const ROUNDS = 5;

/** Measures what the current network namespace holds. @throws where a census finds anything else */
export function measure({ name, sockets, expected, warmUps, runs: wanted }: Case): Measurement {
  const ours: CensusTimes[] = [];
  const today = { statistics: [] as number[], pipeline: [] as number[], table: [] as number[] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${name}: round ${round} of ${ROUNDS}`);
    ours.push(takeCensuses({ runs: warmUps + wanted }));
    for (const tool of ['statistics', 'pipeline', 'table'] as const) today[tool].push(timeCommand(TODAY[tool]));
  }
  for (const run of ours.flatMap((times) => times.runs)) check(name, run, expected);
  const runs = ours.flatMap((times) => times.runs.slice(warmUps));
  return {
    name,
    sockets,
    lanes: expected.lanes,
    first: median(ours.flatMap((times) => times.runs.slice(0, 1)).map((run) => run.milliseconds)),
    ours: median(runs.map((run) => run.milliseconds)),
    kernel: median(runs.map((run) => run.kernelMilliseconds)),
    statistics: median(today.statistics),
    pipeline: median(today.pipeline),
    table: median(today.table),
    peakMegabytes: Math.max(...ours.map((times) => times.peakMegabytes)),
  };
}

function check(name: string, { lanes, used }: CensusRun, expected: Case['expected']): void {
  if (lanes === expected.lanes && used === expected.used) return;
  throw new Error(
    `${name}: a census found ${used} sockets in ${lanes} lanes; there are ${expected.used} in ${expected.lanes}`,
  );
}
