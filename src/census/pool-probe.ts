import { isFirstPassPort, type PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
import { Binding } from './shared-pool.ts';
import type { SocketTable } from './socket-table.ts';

/** Some 10 µs each: so many cost ten milliseconds, and only where lanes hold ports that connect() would take last. */
const MOST_PROBES = 1_024;
/** Of a lane with no more of them, every port is asked about; of a larger one a sample, spread over its ports. */
const FEW_PORTS = 64;
const SAMPLE = 16;

/** What is asked about a port: whether connect() skips it for every lane; null where that cannot be told. */
export type PortQuestion = (port: number) => boolean | null;

/**
 * Replaces what the ports of a lane suggest by what the kernel says of them: a sample of the ports that connect() would
 * take last, and, where those were bound, of the others.
 *
 * @param bindings what the ports suggest, a value of `Binding` for each lane; changed in place
 * @param known ports that are blocked by sockets that are known to be bound: they say nothing of the lane
 * @returns ports that are not blocked, of those asked about
 */
export function askKernel(
  bindings: Uint8Array,
  { sockets, range }: { readonly sockets: SocketTable; readonly range: PortRange },
  known: PortSet,
  isBlocked: PortQuestion,
): Set<number> {
  const free = new Set<number>();
  const suspects = collectPorts(sockets, (row) => {
    const port = sockets.port(row);
    return !isFirstPassPort(range, port) && !sockets.bindAddressNoPort(row) && !known.has(port);
  });
  const bound: number[] = [];
  let probes = 0;
  for (const [lane, ports] of [...suspects].sort(([, a], [, b]) => b.length - a.length)) {
    const sample = sampleOf(ports);
    probes += sample.length;
    if (probes > MOST_PROBES) break;
    const answer = ask(sample, ports.length, isBlocked, free);
    if (answer === null) return free;
    bindings[lane] = answer ? Binding.otherPassBound : Binding.byConnect;
    if (answer) bound.push(lane);
  }
  for (const [lane, binding] of bindings.entries())
    if (binding === Binding.allBound && !suspects.has(lane)) bound.push(lane);
  if (bound.length === 0) return free;
  const wanted = new Set(bound);
  const rest = collectPorts(sockets, (row) => {
    return wanted.has(sockets.lane(row)) && isFirstPassPort(range, sockets.port(row)) && !known.has(sockets.port(row));
  });
  for (const [lane, ports] of rest) {
    const sample = sampleOf(ports);
    probes += sample.length;
    if (probes > MOST_PROBES) break;
    const answer = ask(sample, ports.length, isBlocked, free);
    if (answer === null) return free;
    if (answer) bindings[lane] = Binding.allBound;
    else if (!suspects.has(lane)) bindings[lane] = Binding.byConnect;
  }
  return free;
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

/**
 * Whether ports are blocked: any of them where all were asked about, most of them where a sample was. Those that are not
 * go to `free`.
 *
 * @returns null where the kernel cannot be asked
 */
function ask(sample: readonly number[], ports: number, isBlocked: PortQuestion, free: Set<number>): boolean | null {
  let blocked = 0;
  for (const port of sample) {
    const answer = isBlocked(port);
    if (answer === null) return null;
    if (answer) blocked += 1;
    else free.add(port);
  }
  return sample.length === ports ? blocked > 0 : blocked * 2 > sample.length;
}
