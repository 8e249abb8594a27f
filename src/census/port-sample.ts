import { PortSet } from '../tcp/port-set.ts';
import type { Census } from './census.ts';
import type { PortQuestion } from './pool-probe.ts';

/** Some 10 µs each. */
const FIRST_ASKED = 200;
/** Where a port is found blocked, more are asked about: up to so many ports, until there are enough examples. */
const MOST_ASKED = 1_000;
const EXAMPLES = 5;

/** Ports that no visible socket is bound to, of which the kernel was asked whether connect() skips them all the same. */
export interface PortSample {
  /**
   * How many ports of the range hold a socket, none that is visibly bound to them. No other port can be blocked unseen:
   * what the kernel knows of a port goes with its last socket (`inet_bind_bucket_destroy()`).
   */
  readonly held: number;
  /** How many of them, chosen at random, the kernel was asked about. */
  readonly asked: number;
  readonly blocked: number;
  /** Of the blocked ones, the first few. */
  readonly examples: readonly number[];
}

/**
 * @param random numbers from 0 to 1
 * @returns null where the kernel cannot be asked: see `isPortBlocked`
 */
export function samplePorts(
  census: Pick<Census, 'scan' | 'blocked'>,
  isBlocked: PortQuestion,
  random: () => number = Math.random,
): PortSample | null {
  const ports = [...heldPorts(census)];
  const held = ports.length;
  const examples: number[] = [];
  let [asked, blocked] = [0, 0];
  while (asked < held && (asked < FIRST_ASKED || (asked < MOST_ASKED && blocked > 0 && blocked < EXAMPLES))) {
    const chosen = asked + Math.floor(random() * (held - asked));
    const port = ports[chosen] as number;
    ports[chosen] = ports[asked] as number;
    const answer = isBlocked(port);
    if (answer === null) return null;
    asked += 1;
    if (!answer) continue;
    blocked += 1;
    if (examples.length < EXAMPLES) examples.push(port);
  }
  return { held, asked, blocked, examples: examples.sort((a, b) => a - b) };
}

function heldPorts({ scan: { sockets }, blocked }: Pick<Census, 'scan' | 'blocked'>): PortSet {
  const ports = new PortSet();
  for (let row = 0; row < sockets.size; row += 1) {
    const port = sockets.port(row);
    if (!blocked.ports.has(port)) ports.add(port);
  }
  return ports;
}
