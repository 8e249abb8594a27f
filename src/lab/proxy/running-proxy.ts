import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import { findProgram } from '../needed-programs.ts';
import type { ProxyPlace, ProxyProgram, ProxyTask } from './proxy-program.ts';

const LISTENS_WITHIN_MS = 20_000;
const LOOK_MS = 10;

/** A proxy that runs on a host, until it is stopped or the experiment ends. */
export class RunningProxy {
  readonly #host: Host;
  readonly #port: number;
  readonly #program: ProxyProgram;
  readonly #child: ChildProcess;
  readonly #place: ProxyPlace;

  private constructor(host: Host, program: ProxyProgram, place: ProxyPlace, port: number) {
    const [command = '', ...args] = program.commandLine(place);
    const files = [openSync(place.log, 'a'), openSync(errorsOf(place), 'a')] as const;
    this.#host = host;
    this.#port = port;
    this.#program = program;
    this.#place = place;
    this.#child = host.start(findProgram(command) ?? command, args, { stdio: ['ignore', ...files], cwd: place.folder });
    for (const file of files) closeSync(file);
  }

  /**
   * @param folder an empty one
   * @returns once it listens
   * @throws FourtupleError FT_LAB where it does not, with what it has said
   */
  static async start(host: Host, program: ProxyProgram, task: ProxyTask, folder: string): Promise<RunningProxy> {
    const version = proxyVersion(program);
    const place = { folder, configuration: `${folder}/configuration`, log: `${folder}/log`, version };
    writeFileSync(place.configuration, program.configuration(task, place));
    const proxy = new RunningProxy(host, program, place, task.port);
    await proxy.#listens();
    return proxy;
  }

  /** Connections to backends that it could not open for want of a port, as its log tells. */
  get refusals(): number {
    return readFileSync(this.#place.log, 'latin1')
      .split(/\n/)
      .filter((line) => this.#program.refusal.test(line)).length;
  }

  /** The processes that listen on its port now, as ss tells. */
  listeners(): readonly number[] {
    const listed = this.#host.execute('ss', '-Hltnp', `sport = :${this.#port}`);
    return [...listed.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid));
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    if (this.#child.kill('SIGKILL')) await exited;
  }

  async #listens(): Promise<void> {
    const end = performance.now() + LISTENS_WITHIN_MS;
    while (this.#host.execute('ss', '-Hltn', `sport = :${this.#port}`) === '') {
      if (this.#child.exitCode !== null || performance.now() > end) throw this.#failure();
      await sleep(LOOK_MS);
    }
  }

  #failure(): FourtupleError {
    const said = readFileSync(errorsOf(this.#place), 'utf8').trim();
    return new FourtupleError(
      'FT_LAB',
      `${this.#program.title} does not listen: ${said === '' ? 'it says nothing' : said}`,
    );
  }
}

function errorsOf({ folder }: ProxyPlace): string {
  return `${folder}/errors`;
}

/** What `-v` prints begins with the name and the version: both programs', on either stream. */
export function proxyVersion({ command }: ProxyProgram): string | null {
  if (command === null) return null;
  const { stdout, stderr } = spawnSync(findProgram(command) ?? command, ['-v'], { encoding: 'utf8' });
  return /version:? (?:nginx\/)?(\d+(?:\.\d+)+)/.exec(`${stdout}${stderr}`)?.[1] ?? null;
}
