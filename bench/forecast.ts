// Predicted and real time until connect() is slow, and until it fails, and the level at which a load settles, beside each
// other: `npm run bench:forecast`. Real connections, in lanes of 28,232 ports in network namespaces of its own; takes three
// minutes and nothing is left behind. Needs root, and the machine to itself.

import { whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { type ClientTask, killClients, type LaneRun, type Look, runLane } from './forecast-lane.ts';
import { progress, progressEnd } from './progress.ts';
import { renderTable } from './table.ts';

const SLOTS = 28_232;
/** By so much may what was predicted differ from what came. */
const TOLERANCE = 0.05;
/** How much of the lane has been opened when the program is asked. */
const TIME_PARTS = [0.25, 0.5] as const;
const LEVEL_PARTS = [0.1, 0.25] as const;
const CLIFF_PART = 0.5;
/** TIME_WAIT and a granule of the kernel's timers: from then on as many slots come free as are taken. */
const SETTLED_AFTER_SECONDS = 64;
const SETTLED_LOOKS = 6;

interface Load extends Omit<ClientTask, 'tellAt' | 'seconds' | 'port'> {
  readonly name: string;
  readonly settles: boolean;
  readonly clients: number;
}

interface Row {
  readonly load: string;
  readonly what: string;
  readonly predicted: number | null;
  readonly real: number | null;
  /** Opens per second from the look until then, of those wanted. */
  readonly pace: number;
}

const WHOLE_RANGE = [32_768, 60_999] as const;
/** Those of one group run at the same time: no more than the machine has processors for. */
const GROUPS: readonly (readonly Load[])[] = [
  [{ name: '600/s', clients: 3, perSecond: 600, settles: false }],
  [{ name: '500/s, each lives 5 s', clients: 3, perSecond: 500, holdSeconds: 5, settles: false }],
  [
    { name: '900/s, IP_LOCAL_PORT_RANGE', clients: 1, perSecond: 900, portRange: WHOLE_RANGE, settles: false },
    { name: '200/s', clients: 1, perSecond: 200, settles: true },
  ],
];

process.on('exit', killClients);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const obstacle = whyNoNamespaces();
if (obstacle !== undefined) {
  process.stderr.write(`bench:forecast: ${obstacle}\n`);
  process.exit(1);
}
const rows: Row[] = [];
for (const group of GROUPS) {
  progress(`${group.map(({ name }) => name).join(' and ')}: about a minute`);
  rows.push(...(await Promise.all(group.map(measureLoad))).flat());
}
progressEnd();
process.stdout.write(render(rows));
process.exitCode = rows.every(isMet) ? 0 : 1;

async function measureLoad({ settles, name, clients, ...load }: Load): Promise<Row[]> {
  const tellAt = settles
    ? [...LEVEL_PARTS.map((part) => part * SLOTS), ...settledAt(load.perSecond)]
    : TIME_PARTS.map((part) => part * SLOTS);
  const run = await runLane({ ...load, seconds: SETTLED_AFTER_SECONDS + SETTLED_LOOKS, tellAt }, clients);
  return settles ? levels(name, load.perSecond, run) : times(name, load.perSecond, run);
}

/** Numbers of opens that are spread over a granule of the kernel's timers, two seconds or more. */
function settledAt(perSecond: number): number[] {
  return Array.from({ length: SETTLED_LOOKS }, (_, look) => perSecond * (SETTLED_AFTER_SECONDS + look * 0.75));
}

function times(load: string, perSecond: number, { looks, outcome }: LaneRun): Row[] {
  return looks.flatMap((look, index) => {
    const part = TIME_PARTS[index] ?? 0;
    const row = (what: string, predicted: number | null, came: number | null): Row => ({
      ...{ load, what: `${what}, at ${percent(part)}`, predicted },
      real: came === null ? null : (came - look.at) / 1_000,
      pace: came === outcome.secondPassAt ? 1 : paceSince(look, part * SLOTS, perSecond, outcome),
    });
    const { secondsToCliff, secondsToExhaustion } = look.lane;
    const rows = [row('exhaustion', secondsToExhaustion, outcome.refusedAt)];
    if (part < CLIFF_PART && look.lane.cliffAt !== null) {
      rows.unshift(row('the cliff', secondsToCliff, outcome.secondPassAt));
    }
    return rows;
  });
}

function levels(load: string, perSecond: number, { looks, outcome }: LaneRun): Row[] {
  const settled = looks.slice(-SETTLED_LOOKS).map(({ lane }) => lane.utilization ?? Number.NaN);
  const real = settled.reduce((sum, level) => sum + level, 0) / settled.length;
  return LEVEL_PARTS.flatMap((part, index) => {
    const look = looks[index];
    if (look === undefined) return [];
    const pace = paceSince(look, part * SLOTS, perSecond, outcome);
    return [{ load, what: `level, at ${percent(part)}`, predicted: look.lane.settlesAt, real, pace }];
  });
}

/** What was opened until the end, of what should have been. */
function paceSince(look: Look, opened: number, perSecond: number, outcome: LaneRun['outcome']): number {
  return ((outcome.opened - opened) * 1_000) / (outcome.endedAt - look.at) / perSecond;
}

function isMet({ predicted, real }: Row): boolean {
  return predicted !== null && real !== null && Math.abs(predicted / real - 1) <= TOLERANCE;
}

function verdict(row: Row): string {
  if (isMet(row)) return 'met';
  return Math.abs(row.pace - 1) > TOLERANCE ? 'MISSED: the load did not keep its pace' : 'MISSED';
}

function render(all: readonly Row[]): string {
  const cell = (value: number | null): string => (value === null ? 'none' : value.toFixed(value < 1 ? 4 : 2));
  return renderTable([
    ['load', 'what', 'predicted', 'real', 'ratio', 'pace kept', ''],
    ...all.map((row) => [
      ...[row.load, row.what, cell(row.predicted), cell(row.real)],
      ...[row.predicted === null || row.real === null ? '' : (row.predicted / row.real).toFixed(3)],
      ...[percent(row.pace), verdict(row)],
    ]),
  ]);
}

function percent(part: number): string {
  return `${Math.round(part * 100)}%`;
}
