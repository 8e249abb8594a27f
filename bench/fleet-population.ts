import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

export interface FleetSize {
  readonly machines: number;
  readonly lanes: number;
}

const SLOTS = 28_232;
/** So far into the time that the bench takes there are samples of what must not be old, and of counters. */
const SECONDS = 600;
const SAMPLE_EVERY = 30;
const COUNT_EVERY = 120;

interface Lane {
  readonly labels: string;
  /** 0 to 1. */
  readonly utilization: number;
  readonly machine: number;
  readonly isFirst: boolean;
}

/**
 * Writes what so many agents would have told from now on, as blocks that a Prometheus opens.
 *
 * @param folder must exist
 * @returns the folder of the blocks
 */
export async function writeFleet(folder: string, { machines, lanes }: FleetSize): Promise<string> {
  const text = join(folder, 'metrics.txt');
  const blocks = join(folder, 'data');
  const out = createWriteStream(text);
  for (const chunk of chunksOf(linesOf(machines, lanes, Math.floor(Date.now() / 1_000)))) {
    if (!out.write(chunk)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  const { status, stderr } = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, blocks]);
  if (status !== 0) throw new Error(`promtool: ${stderr}`);
  return blocks;
}

function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < 1 << 20) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function* linesOf(machines: number, lanesOfEach: number, now: number): Generator<string> {
  const lanes = lanesOf(machines, lanesOfEach);
  yield* laneGauges(lanes, now);
  for (const [name, value] of COUNTERS) {
    yield `# TYPE fourtuple_lane_${name} counter\n`;
    for (const lane of lanes) {
      for (let at = 0; at <= SECONDS; at += COUNT_EVERY) {
        yield `fourtuple_lane_${name}_total{${lane.labels}} ${value(lane, at)} ${now - COUNT_EVERY + at}\n`;
      }
    }
  }
  for (const [name, labels, value] of MACHINE_GAUGES) {
    yield `# TYPE ${name} gauge\n`;
    for (let machine = 0; machine < machines; machine += 1) {
      for (let at = 0; at <= SECONDS; at += SAMPLE_EVERY) {
        yield `${name}{${targetOf(machine)}${labels}} ${value(now + at)} ${now + at}\n`;
      }
    }
  }
  yield '# TYPE fourtuple_findings gauge\n';
  for (let machine = 0; machine < machines; machine += 1) {
    const labels = `${targetOf(machine)},namespace="host"`;
    yield `fourtuple_findings{${labels},code="folk-settings",severity="info"} 1 ${now}\n`;
    yield `fourtuple_findings{${labels},code="lane-past-cliff",severity="warning"} ${machine % 9 === 0 ? 1 : 0} ${now}\n`;
  }
  yield '# EOF\n';
}

function targetOf(machine: number): string {
  return `instance="proxy-${machine}.core:10404",job="fourtuple"`;
}

/** One in a hundred machines has a lane that is nearly full; most hold little. */
function lanesOf(machines: number, lanesOfEach: number): Lane[] {
  return Array.from({ length: machines * lanesOfEach }, (_, index) => {
    const [machine, number] = [Math.floor(index / lanesOfEach), index % lanesOfEach];
    const source = `10.${machine >> 8}.${machine & 255}.5`;
    const lane = `namespace="host",source="${source}",destination="10.200.0.${number + 1}",port="8080"`;
    const isFirst = number === 0;
    const utilization = (isFirst ? machine % 100 : (machine * 7 + number * 13) % 45) / 100;
    return { labels: `${targetOf(machine)},${lane}`, utilization, machine, isFirst };
  });
}

function* laneGauges(lanes: readonly Lane[], now: number): Generator<string> {
  for (const [name, values] of GAUGES) {
    yield `# TYPE fourtuple_lane_${name} gauge\n`;
    for (const lane of lanes) {
      for (const [labels, value] of Object.entries(values(lane))) {
        yield `fourtuple_lane_${name}{${lane.labels}${labels}} ${`${value}`.replace('Infinity', '+Inf')} ${now}\n`;
      }
    }
  }
}

const isSoon = ({ machine, isFirst }: Lane): boolean => isFirst && machine % 97 === 0;
const used = ({ utilization }: Lane): number => Math.floor(SLOTS * utilization);
const only = (value: number): Record<string, number> => ({ '': value });

const GAUGES: readonly (readonly [name: string, values: (lane: Lane) => Record<string, number>])[] = [
  ['slots', () => only(SLOTS)],
  ['used_slots', (lane) => ({ ',state="ESTABLISHED"': 40, ',state="TIME_WAIT"': Math.max(0, used(lane) - 40) })],
  ['reclaimable_slots', () => only(0)],
  ['free_slots', (lane) => only(SLOTS - Math.max(40, used(lane)))],
  ['cliff_slots', () => only(SLOTS / 2)],
  ['opens_per_second', ({ utilization }) => only(470 * utilization)],
  ['exhaustion_seconds', (lane) => only(isSoon(lane) ? 30 + lane.machine : Number.POSITIVE_INFINITY)],
  ['cliff_seconds', ({ utilization }) => only(utilization > 0.5 ? 0 : Number.POSITIVE_INFINITY)],
];

const COUNTERS: readonly (readonly [name: string, value: (lane: Lane, at: number) => number])[] = [
  ['closes', ({ utilization }, at) => 470 * utilization * at],
  ['refused_connects', ({ machine, isFirst }, at) => (isFirst && machine % 500 === 3 ? at : 0)],
];

const MACHINE_GAUGES: readonly (readonly [name: string, labels: string, value: (at: number) => number])[] = [
  ['up', '', () => 1],
  ['fourtuple_build_info', ',version="0.1.0"', () => 1],
  ['fourtuple_sample_interval_seconds', '', () => 1],
  ['fourtuple_last_sample_timestamp_seconds', '', (at) => at - 0.5],
];
