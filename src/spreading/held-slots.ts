import { SockDiag } from '../linux/sock-diag.ts';
import type { SocketSource, SocketView } from '../linux/socket-source.ts';
import { TICK_SECONDS, TICKS } from '../linux/spread-layout.ts';
import { type Address, formatAddress } from '../tcp/address.ts';
import { type AddressBlock, blockContains } from '../tcp/address-block.ts';
import { exactRule } from '../tcp/destination-rule.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import type { PortRange } from '../tcp/port-range.ts';
import type { Spread } from '../tcp/spread.ts';
import { blockOf } from '../tcp/spread-source.ts';
import { CONNECTED_STATES } from '../tcp/state.ts';
import { AddressIndex } from './address-index.ts';

const MILLISECONDS = 1_000;
/** The timer wheel is up to two seconds late for a minute: the kernel counts a slot as left no earlier than that. */
const LATE_TICKS = 2;

/** The slots of one lane that are held. */
export interface HeldLane {
  readonly source: string;
  readonly destination: Endpoint;
  readonly live: number;
  readonly timeWait: number;
  /** How many are held still so many ticks later, {@link TICKS} of them; live ones count as held for all time. */
  readonly after: Float64Array;
}

/** What is counted of one lane. */
interface Tally {
  live: number;
  timeWait: number;
  /** By the tick in which they come free. */
  readonly released: Uint32Array;
}

interface Wanted {
  readonly block: AddressBlock;
  readonly port: number | null;
}

/** Who holds the slots of the lanes that a spread is about, whosever the sockets are: what its own counts start from. */
export class HeldSlots {
  readonly #wanted: readonly Wanted[];
  /** Of all that is wanted; null where that is any. */
  readonly #ports: ReadonlySet<number> | null;
  readonly #addresses = new AddressIndex();
  /** By source, destination and port, as one number. */
  readonly #lanes = new Map<number, Tally>();
  /** Of the socket that is looked at: source, destination. */
  readonly #words = new Uint32Array(8);
  readonly #destination: Address = this.#words.subarray(4) as unknown as Address;

  constructor(spread: Spread) {
    this.#wanted = (spread.kind === 'sources' ? spread.to : [spread.from, ...spread.over].map(exactRule)).map(
      (rule) => ({
        block: blockOf(rule),
        port: rule.port,
      }),
    );
    const ports = this.#wanted.flatMap(({ port }) => (port === null ? [] : [port]));
    this.#ports = ports.length < this.#wanted.length ? null : new Set(ports);
  }

  /**
   * Counts the sockets of the network namespace that the calling thread is in.
   *
   * @param range the ephemeral one: what is outside holds no slot
   * @throws FourtupleError FT_UNSUPPORTED, FT_KERNEL
   */
  static count(spread: Spread, range: PortRange): HeldSlots {
    const diag = SockDiag.open();
    try {
      const slots = new HeldSlots(spread);
      slots.add(diag, range);
      return slots;
    } finally {
      diag.close();
    }
  }

  add(sockets: SocketSource, range: PortRange): void {
    sockets.forEachSocket({ states: CONNECTED_STATES, localPorts: range }, (socket) => this.#addSocket(socket));
  }

  lanes(): HeldLane[] {
    return [...this.#lanes].map(([key, tally]) => {
      const [rest, port] = [Math.floor(key / PORTS), key % PORTS];
      const [source, destination] = [Math.floor(rest / MOST_ADDRESSES), rest % MOST_ADDRESSES];
      const text = (number: number): string => formatAddress(this.#addresses.words(number));
      return {
        source: text(source),
        destination: { address: text(destination), port },
        live: tally.live,
        timeWait: tally.timeWait,
        after: heldAfter(tally),
      };
    });
  }

  #addSocket(socket: SocketView): void {
    const port = socket.remotePort;
    if (this.#ports !== null && !this.#ports.has(port)) return;
    socket.copyAddresses(this.#words);
    if (!this.#isMeant(port)) return;
    const destination = this.#addresses.add(this.#words, 4);
    const source = this.#addresses.add(this.#words, 0);
    const key = (source * MOST_ADDRESSES + destination) * PORTS + port;
    const tally = this.#lanes.get(key) ?? newTally();
    if (tally.live + tally.timeWait === 0) this.#lanes.set(key, tally);
    if (!socket.isTimeWait) {
      tally.live += 1;
      return;
    }
    tally.timeWait += 1;
    const ticks = Math.ceil(Math.max(0, socket.timeWaitLeftMs) / MILLISECONDS / TICK_SECONDS) + LATE_TICKS;
    const tick = Math.min(TICKS - 1, ticks);
    tally.released[tick] = (tally.released[tick] as number) + 1;
  }

  /** Whether connections to that port of the destination are. */
  #isMeant(port: number): boolean {
    for (const rule of this.#wanted) {
      if (rule.port !== null && rule.port !== port) continue;
      if (blockContains(rule.block, this.#destination)) return true;
    }
    return false;
  }
}

const PORTS = 65_536;
/** Two addresses and a port are one safe integer. */
const MOST_ADDRESSES = 2 ** 18;

function newTally(): Tally {
  return { live: 0, timeWait: 0, released: new Uint32Array(TICKS) };
}

function heldAfter({ live, timeWait, released }: Tally): Float64Array {
  const after = new Float64Array(TICKS);
  let held = timeWait;
  for (let tick = 0; tick < TICKS; tick += 1) {
    held -= released[tick] as number;
    after[tick] = live + held;
  }
  return after;
}
