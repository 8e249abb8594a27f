import { isFirstPassPort, MAX_PORT, type PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
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
  { sockets, range }: { readonly sockets: SocketTable; readonly range: PortRange },
  known: PortSet,
  firstPassSize: number,
  isBlocked: PortQuestion,
): PortAnswers | null {
  const answers = { blocked: new Set<number>(), free: new Set<number>() };
  const holders = countHolders(sockets);
  const byPass = collectPorts(sockets, (row) => !sockets.bindAddressNoPort(row) && !known.has(sockets.port(row)));
  const isOther = (port: number): boolean => !isFirstPassPort(range, port);
  const suspects = [...byPass]
    .map(([lane, ports]) => ({ lane, ports, other: ports.filter(isOther) }))
    .filter(({ other }) => other.length > 0)
    .sort((a, b) => b.other.length - a.other.length);
  let probes = 0;
  for (const { lane, ports, other } of suspects) {
    const sample = sampleOf(other);
    probes += sample.length;
    if (probes > MOST_PROBES) break;
    if (!ask(sample, isBlocked, answers)) return answers.blocked.size + answers.free.size > 0 ? answers : null;
    const isPastCliff = ports.length - other.length >= NEAR_END * firstPassSize;
    const verdict = judge(sample, other.length, answers, (port) => !isPastCliff || holders[port] === 1);
    if (verdict !== null) bindings[lane] = verdict ? Binding.otherPassBound : Binding.byConnect;
  }
  for (const [lane, ports] of byPass) {
    if (bindings[lane] === Binding.byConnect) continue;
    const sample = sampleOf(ports.filter((port) => !isOther(port)));
    probes += sample.length;
    if (probes > MOST_PROBES || !ask(sample, isBlocked, answers)) break;
    const verdict = judge(sample, sample.length, answers, (port) => holders[port] === 1);
    const hasOther = ports.some(isOther);
    if (verdict === true) bindings[lane] = Binding.allBound;
    else if (verdict === false) bindings[lane] = hasOther ? Binding.otherPassBound : Binding.byConnect;
  }
  return answers;
}

/** How many lanes hold each port, 2 for more: a port that several hold says of none how its socket was bound. */
function countHolders(sockets: SocketTable): Uint8Array {
  const holders = new Uint8Array(MAX_PORT + 1);
  for (let row = 0; row < sockets.size; row += 1) {
    const port = sockets.port(row);
    holders[port] = Math.min(2, (holders[port] as number) + 1);
  }
  return holders;
}

/** The ports of the sockets that are wanted, by lane. */
function collectPorts(sockets: SocketTable, isWanted: (row: number) => boolean): Map<number, number[]> {
  const byLane = new Map<number, number[]>();
  for (let row = 0; row < sockets.size; row += 1) {
    if (!isWanted(row)) continue;
    const ports = byLane.get(sockets.lane(row));
    if (ports === undefined) byLane.set(sockets.lane(row), [sockets.port(row)]);
    else ports.push(sockets.port(row));
  }
  return byLane;
}

function sampleOf(ports: readonly number[]): readonly number[] {
  if (ports.length <= FEW_PORTS) return ports;
  return Array.from({ length: SAMPLE }, (_, index) => ports[Math.floor((index * ports.length) / SAMPLE)] as number);
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
 * @returns null where that cannot be told of any
 */
function judge(
  sample: readonly number[],
  ports: number,
  answers: PortAnswers,
  tells: (port: number) => boolean,
): boolean | null {
  const telling = sample.filter((port) => answers.free.has(port) || tells(port));
  if (telling.length === 0) return null;
  const blocked = telling.filter((port) => answers.blocked.has(port)).length;
  return sample.length === ports ? blocked > 0 : blocked * 2 > telling.length;
}
