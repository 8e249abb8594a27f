import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type ClientRequest, get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentHealth } from '../../src/agent/agent-view.ts';
import { PROGRAM } from './built-program.ts';

/** In jiffies of USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_SECONDS = 0.01;
const READY = /"url":"(http:[^"]+)"/;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly ms: number;
}

export interface LoggedEvent {
  readonly level: string;
  readonly event: string;
  readonly message: string;
}

export interface AgentStart {
  /** A file to go on with; left out, one that goes with the agent. */
  readonly history?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Left out: a port of loopback. */
  readonly listen?: string;
  /** A program before it and its arguments: `['faketime', '+1h']`. */
  readonly through?: readonly string[];
}

/** Outside of every range that tests fill: a machine without a free port has none to listen on either. */
const FIRST_PORT = 20_000;
let started = 0;

function nextAddress(): string {
  started += 1;
  return `127.0.0.1:${FIRST_PORT + ((process.pid * 13 + started) % 10_000)}`;
}

const running = new Set<RunningAgent>();

/** The built program as `fourtuple agent`, in the network namespace of this thread. */
export class RunningAgent {
  readonly url: string;
  readonly child: ChildProcess;
  readonly #folder: string;
  readonly #log: { text: string };

  private constructor(url: string, child: ChildProcess, folder: string, log: { text: string }) {
    this.url = url;
    this.child = child;
    this.#folder = folder;
    this.#log = log;
    running.add(this);
  }

  /** @throws where it ends before it listens, with what it said */
  static async start(
    flags: readonly string[] = [],
    { history, env = {}, through = [], listen = nextAddress() }: AgentStart = {},
  ): Promise<RunningAgent> {
    const folder = mkdtempSync(join(tmpdir(), 'fourtuple-agent-'));
    const file = history ?? join(folder, 'history.db');
    const [command = '', ...args] = [...through, process.execPath, PROGRAM, 'agent', '--listen', listen];
    const child = spawn(command, [...args, '--history', file, '--log', 'json', ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, ...env },
    });
    const log = { text: '' };
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log.text += text;
        const found = READY.exec(log.text)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('close', () => {
        rmSync(folder, { recursive: true, force: true });
        reject(new Error(`the agent has ended: ${log.text}`));
      });
    });
    return new RunningAgent(url, child, folder, log);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it has logged so far. */
  get events(): readonly LoggedEvent[] {
    return this.#log.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
      get(new URL(path, this.url), { headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, ms: performance.now() - start }),
        );
        response.on('error', reject);
      }).on('error', reject);
    });
  }

  async json<T>(path: string): Promise<T> {
    const { status, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path} answers ${status}: ${text}`);
    return JSON.parse(text);
  }

  health(): Promise<AgentHealth> {
    return this.json('healthz');
  }

  /** Reads events as a dashboard does. */
  watch(take: (text: string) => void = () => {}): ClientRequest {
    const request = get(new URL('api/events', this.url), { agent: false }, (response) => {
      response.setEncoding('utf8').on('data', take);
      response.on('error', () => {});
    });
    return request.on('error', () => {});
  }

  /** Processor time so far, user and system, in seconds. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
  }

  /** The memory that is resident now, and the most that ever was, in megabytes. */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
    const megabytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024;
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  }

  /** @returns its exit code; null where the signal itself has ended it */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    running.delete(this);
    if (!this.hasEnded) {
      const closed = once(this.child, 'close');
      this.child.kill(signal);
      await closed;
    }
    rmSync(this.#folder, { recursive: true, force: true });
    return this.child.exitCode;
  }
}

/** Ends those that still run. */
export async function endAgents(): Promise<void> {
  await Promise.all([...running].map((agent) => agent.end('SIGKILL')));
}

/** At once, where there is no time to wait. */
export function killAgents(): void {
  for (const agent of running) agent.child.kill('SIGKILL');
}
