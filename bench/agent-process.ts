import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN } from './commands.ts';

/** In jiffies of USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_SECONDS = 0.01;

const running = new Set<BenchedAgent>();

/** The built program as `fourtuple agent`, in the network namespace of this process. */
export class BenchedAgent {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
    running.add(this);
  }

  static async start(...flags: readonly string[]): Promise<BenchedAgent> {
    const folder = mkdtempSync(join(tmpdir(), 'fourtuple-bench-'));
    const args = ['agent', '--listen', '127.0.0.1:0', '--history', join(folder, 'history.db'), '--log', 'json'];
    const child = spawn(process.execPath, [MAIN, ...args, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
    const url = await new Promise<string>((resolve, reject) => {
      let told = '';
      child.stderr?.on('data', (text: Buffer) => {
        told += text.toString();
        const found = /"url":"(http:[^"]+)"/.exec(told)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the agent has ended: ${told}`)));
    });
    return new BenchedAgent(url, child, folder);
  }

  /** Processor time so far, user and system, in seconds. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
  }

  /** The memory that is resident now, and the most that ever was, in megabytes. */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
    const megabytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024;
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  }

  /** @returns its text, and how long it took in milliseconds */
  get(path: string): Promise<{ readonly text: string; readonly ms: number }> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
      get(new URL(path, this.url), (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ text, ms: performance.now() - start }));
      }).on('error', reject);
    });
  }

  async health(): Promise<{ readonly intervalSeconds: number; readonly counters: { readonly samples: number } }> {
    return JSON.parse((await this.get('healthz')).text);
  }

  /** Reads events as a dashboard does. @returns ends it, and tells how many bytes there were */
  watch(): () => number {
    let bytes = 0;
    const request = get(new URL('api/events', this.url), (response) => {
      response.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      response.on('error', () => {});
    });
    request.on('error', () => {});
    return () => {
      request.destroy();
      return bytes;
    };
  }

  async end(): Promise<void> {
    running.delete(this);
    if (this.#child.exitCode === null) {
      const exit = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** At once, where there is no time to wait. */
export function endAgents(): void {
  for (const agent of running) agent.kill();
}
