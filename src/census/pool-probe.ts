import { isFirstPassPort, MAX_PORT, type PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
import type { Scan } from './scan.ts';
import { Binding, NEAR_END } from './shared-pool.ts';
import type { SocketTable } from './socket-table.ts';

/** Some 10 µs each: so many cost ten milliseconds, and only where lanes hold ports that connect() would take last. */
const MOST_PROBES = 1_024;
/** Of a lane with no more of them, every port is asked about; of a larger one a sample, spread over its ports. */
const FEW_PORTS = 64;
const SAMPLE = 16;

/** What is asked about a port: whether connect() skips it for every lane; null where that cannot be told. */
export type PortQuestion = (port: number) => boolean | null;

/** What the kernel said of the ports that it was asked about. */
export interface PortAnswers {
  /** connect() skips them. */
  readonly blocked: ReadonlySet<number>;
  /** It does not. */
  readonly free: ReadonlySet<number>;
}

/**
 * Replaces what the ports of a lane suggest by what the kernel says of them: a sample of the ports that connect() would
 * take last, and, where those were bound, of the others.
 *
 * @param bindings what the ports suggest, a value of `Binding` for each lane; changed in place
 * @param known ports that are blocked by sockets that are known to be bound: they say nothing of the lane
 * @param firstPassSize how many ports connect() can choose from in its first pass
 * @returns null where the kernel cannot be asked
 */
export function askKernel(
  bindings: Uint8Array,
  { lanes, sockets, range }: Pick<Scan, 'lanes' | 'sockets' | 'range'>,
  known: PortSet,
  firstPassSize: number,
  isBlocked: PortQuestion,
): PortAnswers | null {
  const answers = { blocked: new Set<number>(), free: new Set<number>() };
  const view: PortView = { sockets, range, known };
  const { first, other, holders } = countPorts(bindings.length, view);
  let probes = 0;
  const byNumber = ([a]: [number, unknown], [b]: [number, unknown]): number =>
    (other[b] as number) - (other[a] as number);
  for (const [lane, sample] of [...samplePorts(other, view, false)].sort(byNumber)) {
    probes += sample.length;
    if (probes > MOST_PROBES) break;
    if (!ask(sample, isBlocked, answers)) return answers.blocked.size + answers.free.size > 0 ? answers : null;
    const isPastCliff = (first[lane] as number) >= NEAR_END * firstPassSize;
    const verdict = judge(sample, other[lane] as number, answers, (port) => !isPastCliff || holders[port] === 1);
    bindings[lane] = verdict ? Binding.otherPassBound : Binding.byConnect;
  }
  // Where bind() has run out of ports, it takes those of the first pass too, for any lane of the source.
  const sources = new Set<string>();
  for (const [lane, binding] of bindings.entries()) {
    if (binding !== Binding.byConnect) sources.add(lanes.source(lane).join());
  }
  if (sources.size === 0) return answers;
  const suspect = first.map((count, lane) => (sources.has(lanes.source(lane).join()) ? count : 0));
  for (const [lane, sample] of samplePorts(suspect, view, true)) {
    probes += sample.length;
    if (probes > MOST_PROBES || !ask(sample, isBlocked, answers)) break;
    const verdict = judge(sample, sample.length, answers, (port) => holders[port] === 1);
    if (verdict) bindings[lane] = Binding.allBound;
    else if (bindings[lane] === Binding.allBound) {
      bindings[lane] = (other[lane] as number) > 0 ? Binding.otherPassBound : Binding.byConnect;
    }
  }
  return answers;
}

/** The sockets whose ports may tell how they were bound. */
interface PortView {
  readonly sockets: SocketTable;
  readonly range: PortRange;
  readonly known: PortSet;
}

function isOpenQuestion({ sockets, known }: PortView, row: number): boolean {
  return !sockets.bindAddressNoPort(row) && !known.has(sockets.port(row));
}

/** Counts ports. */
interface PortCounts {
  /** By lane, of the ports that connect() takes first. */
  readonly first: Uint32Array;
  /** By lane, of the others. */
  readonly other: Uint32Array;
  /** By port, of the lanes that hold it, 2 for more: it then says of none how its socket was bound. */
  readonly holders: Uint8Array;
}

function countPorts(lanes: number, view: PortView): PortCounts {
  const counts = {
    first: new Uint32Array(lanes),
    other: new Uint32Array(lanes),
    holders: new Uint8Array(MAX_PORT + 1),
  };
  const { sockets, range } = view;
  for (let row = 0; row < sockets.size; row += 1) {
    const port = sockets.port(row);
    const lane = sockets.lane(row);
    if ((counts.holders[port] as number) < 2) counts.holders[port] = (counts.holders[port] as number) + 1;
    if (!isOpenQuestion(view, row)) continue;
    const column = isFirstPassPort(range, port) ? counts.first : counts.other;
    column[lane] = (column[lane] as number) + 1;
  }
  return counts;
}

/**
 * All ports of a lane that has few, a sample spread over the ports of one that has many.
 *
 * @param counts how many ports each lane has; those with none are left out
 * @param firstPass whether ports that connect() takes first are wanted, or the others
 */
function samplePorts(counts: Uint32Array, view: PortView, firstPass: boolean): Map<number, number[]> {
  const { sockets, range } = view;
  const seen = new Uint32Array(counts.length);
  const samples = new Map<number, number[]>();
  for (let row = 0; row < sockets.size; row += 1) {
    const lane = sockets.lane(row);
    const count = counts[lane] as number;
    if (count === 0 || isFirstPassPort(range, sockets.port(row)) !== firstPass || !isOpenQuestion(view, row)) continue;
    const index = seen[lane] as number;
    seen[lane] = index + 1;
    if (index === 0) samples.set(lane, [sockets.port(row)]);
    else if (count <= FEW_PORTS || isSampled(index, count)) samples.get(lane)?.push(sockets.port(row));
  }
  return samples;
}

/** Whether a port is the first of a sixteenth of its lane's ports. */
function isSampled(index: number, count: number): boolean {
  const part = Math.ceil((index * SAMPLE) / count);
  return part < SAMPLE && Math.floor((part * count) / SAMPLE) === index;
}

/** @returns false where the kernel cannot be asked */
function ask(
  sample: readonly number[],
  isBlocked: PortQuestion,
  answers: { readonly blocked: Set<number>; readonly free: Set<number> },
): boolean {
  for (const port of sample) {
    const answer = isBlocked(port);
    if (answer === null) return false;
    (answer ? answers.blocked : answers.free).add(port);
  }
  return true;
}

/**
 * Whether the ports of a lane are bound: any of them where all were asked about, most of them where a sample was.
 *
 * @param tells whether it must be this lane that a port is blocked by, and not another that holds it too
 */
function judge(
  sample: readonly number[],
  ports: number,
  answers: PortAnswers,
  tells: (port: number) => boolean,
): boolean {
  const telling = sample.filter((port) => answers.free.has(port) || tells(port));
  // All are blocked, and other lanes hold all of them too: then so are theirs, most likely.
  if (telling.length === 0) return true;
  const blocked = telling.filter((port) => answers.blocked.has(port)).length;
  return sample.length === ports ? blocked > 0 : blocked * 2 > telling.length;
}
