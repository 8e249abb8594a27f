// How long `fleet` takes for thousands of machines, and how much it asks and gets: `npm run bench:fleet -- [--machines N]
// [--lanes N]`. A Prometheus of Debian serves what so many agents would have told, written by promtool.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FleetReport } from '../src/cli/fleet/fleet-report.ts';
import { PROGRAM } from '../test/kit/built-program.ts';
import { startPrometheus } from '../test/kit/prometheus.ts';
import { timeCommand } from './commands.ts';
import { type FleetSize, writeFleet } from './fleet-population.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { median } from './statistics.ts';
import { renderMarks, renderTable } from './table.ts';

const ROUNDS = 3;
const FEW = 30;
/** Reads one figure of each lane, once: the least that asks for all of them. */
const YARDSTICK = 'max without (namespace, source, destination, port) (fourtuple_lane_slots)';

const WAYS = {
  'on a screen': ['fleet'],
  'as JSON, 1,000 machines': ['fleet', '--json'],
  'as JSON, all machines, one lane of each': ['fleet', '--json', '--top', 'all', '--lanes', '1'],
} as const;
type Way = keyof typeof WAYS;

interface Outcome {
  readonly milliseconds: number;
  readonly queries: number;
  /** As they came, compressed. */
  readonly bytes: number;
  /** Processor time of Prometheus. */
  readonly cpuSeconds: number;
}

interface Measured {
  readonly size: FleetSize;
  readonly ways: Readonly<Record<Way, Outcome>>;
  /** Milliseconds. */
  readonly yardstick: number;
}

const size = readArguments();
const folder = mkdtempSync(join(tmpdir(), 'fourtuple-bench-fleet-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
if (spawnSync('promtool', ['--version']).error !== undefined) fail('needs prometheus, with promtool');
const few = await measure({ ...size, machines: FEW });
const many = await measure(size);
progressEnd();
process.stdout.write(renderTable([titles(), ...rowsOf(few), ...rowsOf(many)]));
const screen = many.ways['on a screen'];
const marks: Mark[] = [
  {
    name: `queries for ${size.machines} machines, more than for ${FEW}`,
    measured: Math.max(...ways().map((way) => Math.abs(many.ways[way].queries - few.ways[way].queries))),
    limit: 0,
    unit: '',
  },
  {
    name: 'time on a screen, of that of one query for one figure of each lane',
    measured: screen.milliseconds / many.yardstick,
    limit: 25,
    unit: '',
  },
  { name: 'answers on a screen', measured: screen.bytes / 1e6, limit: 1, unit: ' MB' },
];
process.stdout.write(`\n${renderMarks(marks)}`);
process.exitCode = marks.every(isMet) ? 0 : 1;

async function measure(wanted: FleetSize): Promise<Measured> {
  const own = join(folder, `${wanted.machines}`);
  mkdirSync(own);
  progress(`writing ${wanted.machines} machines with ${wanted.lanes} lanes each`);
  const prometheus = await startPrometheus({
    storage: await writeFleet(own, wanted),
    // One sample of each gauge will do for as long as this takes.
    flags: ['--query.lookback-delta=1h', '--storage.tsdb.retention.time=1y'],
  });
  try {
    const yardsticks: number[] = [];
    const outcomes = Object.fromEntries(ways().map((way) => [way, [] as Outcome[]])) as Record<Way, Outcome[]>;
    check(prometheus.url, wanted);
    for (let round = 1; round <= ROUNDS; round += 1) {
      progress(`${wanted.machines} machines: round ${round} of ${ROUNDS}`);
      const start = performance.now();
      await prometheus.query(YARDSTICK);
      yardsticks.push(performance.now() - start);
      for (const way of ways()) outcomes[way].push(await ask(prometheus.url, WAYS[way]));
    }
    check(prometheus.url, wanted);
    return {
      size: wanted,
      yardstick: median(yardsticks),
      ways: Object.fromEntries(ways().map((way) => [way, medians(outcomes[way])])) as Record<Way, Outcome>,
    };
  } finally {
    await prometheus.stop();
    rmSync(own, { recursive: true });
  }
}

async function ask(url: string, args: readonly string[]): Promise<Outcome> {
  const before = await answered(url);
  const command = [process.execPath, PROGRAM, ...args, '--prometheus', url, '--timeout', '10m'];
  const milliseconds = timeCommand(command);
  const after = await answered(url);
  const since = (counter: keyof Counters): number => after[counter] - before[counter];
  return { milliseconds, queries: since('queries'), bytes: since('bytes'), cpuSeconds: since('cpuSeconds') };
}

/** Lest it be quick because it is wrong. */
function check(url: string, { machines }: FleetSize): void {
  const args = [PROGRAM, 'fleet', '--prometheus', url, '--top', '1', '--json', '--timeout', '10m'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const { machinesTotal, states } = JSON.parse(stdout) as FleetReport;
  const isRight = machinesTotal === machines && states.stale + states.down === 0 && states.refusing > 0;
  if (!isRight) throw new Error(`of ${machines} machines there are ${machinesTotal}: ${JSON.stringify(states)}`);
}

type Counters = Omit<Outcome, 'milliseconds'>;

/** What Prometheus counts of the queries that it has answered. */
async function answered(url: string): Promise<Counters> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counter = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    if (line === undefined) throw new Error(`prometheus has no counter ${name}`);
    return Number(line.slice(name.length));
  };
  const answers = (what: string): number =>
    counter(`prometheus_http_response_size_bytes_${what}{handler="/api/v1/query"}`);
  return { queries: answers('count'), bytes: answers('sum'), cpuSeconds: counter('process_cpu_seconds_total') };
}

function medians(outcomes: readonly Outcome[]): Outcome {
  const of = (figure: keyof Outcome): number => median(outcomes.map((outcome) => outcome[figure]));
  return { milliseconds: of('milliseconds'), queries: of('queries'), bytes: of('bytes'), cpuSeconds: of('cpuSeconds') };
}

function ways(): Way[] {
  return Object.keys(WAYS) as Way[];
}

function titles(): string[] {
  return ['fleet', 'machines', 'lanes', 'queries', 'kB', 'CPU s', 'ms', 'one query ms'];
}

function rowsOf({ size: { machines, lanes }, ways: outcomes, yardstick }: Measured): string[][] {
  return ways().map((way) => {
    const { queries, bytes, cpuSeconds, milliseconds } = outcomes[way];
    const counts = [machines, machines * lanes, queries, Math.round(bytes / 1e3)];
    const times = [cpuSeconds.toFixed(2), milliseconds.toFixed(0), yardstick.toFixed(0)];
    return [way, ...counts.map((one) => `${one}`), ...times];
  });
}

function readArguments(): FleetSize {
  const { values } = parseArgs({
    options: { machines: { type: 'string', default: '3000' }, lanes: { type: 'string', default: '20' } },
  });
  return { machines: count('machines', values.machines), lanes: count('lanes', values.lanes) };
}

function count(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) fail(`--${flag} takes a number, not '${text}'`);
  return number;
}

function fail(message: string): never {
  process.stderr.write(`bench:fleet: ${message}\n`);
  process.exit(1);
}
