import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FourtupleError } from '../tcp/error.ts';
import { isThere } from './is-there.ts';
import { type Caller, Callers } from './tracefs-callers.ts';
import { parseEventLine, parseSocketEnds, type SocketEnds } from './tracefs-event.ts';
import { countLostEvents, openTraceInstance, type TraceInstance, writeTraceFile } from './tracefs-instance.ts';

/** Connects of one process from one address to one destination that failed for want of a port. */
export interface Refusal {
  readonly pid: number;
  /** The process's name, or its thread's where it ended before it was looked for: at most 15 bytes. */
  readonly name: string;
  /** The address that the kernel had chosen, or the program; a link-local one without its zone. */
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly count: number;
  /** The network namespace that the caller was in; null where it ended before it was looked for. */
  readonly namespaceInode: number | null;
  /** Refusals that the kernel recorded and nobody could read in time, of all processes together: above 0, `count` may be too low. */
  readonly lost: number;
}

const EVENT = 'inet_sock_set_state';
const EVENT_FOLDER = `events/sock/${EVENT}`;
/**
 * A socket that goes from SYN_SENT to CLOSE without a port: `tcp_v4_connect()` after `inet_hash_connect()` has found none.
 * Nobody connects to port 0 but the questions of port-probe.ts, of whichever process.
 */
const FILTER = 'oldstate==2 && newstate==7 && sport==0 && protocol==6 && dport!=0';

/** A program that dies of it may still be there to be looked at. */
const POLL_MS = 5;
/** It was there before, as a rule. */
const LOOK_MS = 100;
/** Room for some 25,000 refusals on each CPU, and less where there are very many. */
const BUFFER_KB = 2_048;
const ALL_BUFFERS_KB = 65_536;
/** The number of a thread is another's after a while. */
const CALLERS_KEPT_MS = 60_000;

/**
 * Counts the connects of all processes, in all network namespaces, that fail for want of a source port: EADDRNOTAVAIL,
 * where the program left the port to `connect()`. Every single one, by a tracepoint (Linux 4.16) in a trace instance of its
 * own that is removed again. A `bind()` that finds no port (EADDRINUSE, of sockets that are bound before they connect)
 * passes no tracepoint and is not counted, nor is a connect from a port that the program chose itself.
 */
export class ConnectTrace {
  readonly #instance: TraceInstance;
  #callers = new Callers();
  #callersSince: number = performance.now();
  #counter: Counter = new Counter(this.#callers);
  readonly #take = (line: string): void => this.#counter.take(line);

  private constructor(instance: TraceInstance) {
    this.#instance = instance;
  }

  /**
   * Begins to record.
   *
   * @throws FourtupleError FT_PRIVILEGE without root; FT_UNSUPPORTED where tracefs is not mounted, or the kernel has no such
   * tracepoint; FT_ARGUMENT where this process traces already
   */
  static open(): ConnectTrace {
    const instance = openTraceInstance();
    try {
      start(instance);
      return new ConnectTrace(instance);
    } catch (error) {
      instance.close();
      throw error;
    }
  }

  /** Looks which processes there are: one that makes a call may have ended before the call is read. */
  look(): void {
    this.#callers.look();
  }

  /** Counts what has been recorded since. @returns false where there is more, to be read at once */
  read(): boolean {
    return this.#instance.pipe.readLines(this.#take);
  }

  /** What was counted since the last call of this function, most first. */
  takeRefusals(): Refusal[] {
    if (this.#counter.isEmpty) return [];
    const refusals = this.#counter.refusals(this.countLost());
    if (performance.now() - this.#callersSince > CALLERS_KEPT_MS) {
      this.#callers = new Callers();
      this.#callersSince = performance.now();
    }
    this.#counter = new Counter(this.#callers);
    return refusals;
  }

  /** Refusals since the beginning that the kernel recorded and nobody could read in time, of all processes together. */
  countLost(): number {
    return countLostEvents(this.#instance);
  }

  /** Records nothing more; what was recorded before can still be read. */
  stop(): void {
    writeTraceFile(this.#instance, `${EVENT_FOLDER}/enable`, '0');
  }

  close(): void {
    this.#instance.close();
  }
}

/**
 * Counts for a while, see {@link ConnectTrace}. The recording begins before this function returns its promise.
 *
 * @param milliseconds how long
 * @returns most first
 * @throws FourtupleError see {@link ConnectTrace.open}
 */
export async function traceRefusals(milliseconds: number): Promise<Refusal[]> {
  const trace = ConnectTrace.open();
  try {
    const end = performance.now() + milliseconds;
    let lookAt = 0;
    for (let left = milliseconds; left > 0; left = end - performance.now()) {
      if (performance.now() >= lookAt) {
        trace.look();
        lookAt = performance.now() + LOOK_MS;
      }
      const isEmpty = trace.read();
      await sleep(isEmpty ? Math.min(left, POLL_MS) : 0);
    }
    trace.stop();
    while (!trace.read()) await sleep(0);
    return trace.takeRefusals();
  } finally {
    trace.close();
  }
}

function start(instance: TraceInstance): void {
  if (!isThere(join(instance.folder, EVENT_FOLDER))) {
    throw new FourtupleError('FT_UNSUPPORTED', `this kernel has no tracepoint sock:${EVENT}`, {
      hint: 'It came with Linux 4.16; everything but the counts of refused connects works without.',
    });
  }
  writeTraceFile(instance, 'buffer_size_kb', `${Math.min(BUFFER_KB, Math.ceil(ALL_BUFFERS_KB / cpus().length))}`);
  writeTraceFile(instance, `${EVENT_FOLDER}/filter`, FILTER);
  writeTraceFile(instance, `${EVENT_FOLDER}/enable`, '1');
}

interface Counted extends SocketEnds, Caller {
  count: number;
}

class Counter {
  readonly #callers: Callers;
  /** By the thread and the event's text: neither is read twice. */
  readonly #byLine = new Map<string, Counted | null>();
  /** By process and ends. */
  readonly #all = new Map<string, Counted>();

  constructor(callers: Callers) {
    this.#callers = callers;
  }

  take(line: string): void {
    const event = parseEventLine(line, EVENT);
    if (event === null) return;
    const key = `${event.thread} ${event.text}`;
    let counted = this.#byLine.get(key);
    if (counted === undefined) {
      counted = this.#find(event.thread, event.name, event.text);
      this.#byLine.set(key, counted);
    }
    if (counted !== null) counted.count += 1;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  refusals(lost: number): Refusal[] {
    return [...this.#all.values()].map((one) => ({ ...one, lost })).sort((a, b) => b.count - a.count);
  }

  #find(thread: number, name: string, text: string): Counted | null {
    const ends = parseSocketEnds(text);
    if (ends === null) return null;
    const caller = this.#callers.find(thread, name);
    const key = [caller.pid, caller.namespaceInode, ends.source, ends.destination, ends.port].join(' ');
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const counted = { ...ends, ...caller, count: 0 };
    this.#all.set(key, counted);
    return counted;
  }
}
