import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ControlGroup } from './control-group.ts';

const PROGRAM = fileURLToPath(new URL('plain-client.mjs', import.meta.url));

/** What a client opens; what it leaves out, the kernel chooses. */
export interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly count: number;
  /** It binds before it connects. */
  readonly localAddress?: string;
  readonly localPort?: number;
}

export interface Opened {
  readonly opened: number;
  /** `EADDRNOTAVAIL`; null where it opened as many as it wanted. */
  readonly failure: string | null;
  /** Connections by their source address. */
  readonly sources: Readonly<Record<string, number>>;
  /** Connections by what getpeername() answers. */
  readonly peers: Readonly<Record<string, number>>;
  /** When each of them was open, in milliseconds of a clock that all clients have. */
  readonly openedAt: readonly number[];
  /** When it had as many as it wanted, or one failed. */
  readonly endedAt: number;
}

/** A process of its own that opens connections as any program does. It keeps them until it is told to close them. */
export class PlainClient {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** In the network namespace that this thread is in. @param group where it goes before it does anything; null: stays */
  static start(group: ControlGroup | null): PlainClient {
    const move = group === null ? '' : `echo $$ > ${group.directory}/cgroup.procs && `;
    const child = spawn('sh', ['-c', `${move}exec "$0" "$1"`, process.execPath, PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const client = new PlainClient(child);
    running.add(client);
    return client;
  }

  open(wanted: Wanted): Promise<Opened> {
    return this.#ask({ command: 'open', ...wanted }) as Promise<Opened>;
  }

  /** Closes all of its connections, and waits for the other end. */
  async close(): Promise<void> {
    await this.#ask({ command: 'close' });
  }

  /** Connects a UDP socket, and says from and to where. */
  datagrams(host: string, port: number): Promise<{ readonly source: string; readonly peer: string }> {
    return this.#ask({ command: 'datagrams', host, port }) as Promise<{ source: string; peer: string }>;
  }

  async end(): Promise<void> {
    running.delete(this);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #ask(question: object): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('the client has ended');
    return JSON.parse(value);
  }
}

const running = new Set<PlainClient>();

/** Ends those that a test has started. */
export async function endClients(): Promise<void> {
  await Promise.all([...running].map((client) => client.end()));
}
