import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ip } from './ip-command.ts';

const MARK = 'FOURTUPLE_TEST_MARK';
const KINDS = ['net', 'mnt', 'pid', 'user'] as const;
/** Where names of namespaces and shared memory are. */
const SHARED_FOLDERS = ['/run', '/run/netns', '/dev/shm'];

/** Finds what a program has left behind: processes, namespaces, mounts, links and files. */
export class LeftBehind {
  /** Its working, home and temporary folder. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'fourtuple-left-'));
  readonly #mark = `${process.pid}-${performance.now()}`;
  readonly #before: readonly string[];
  readonly #own: ReadonlySet<string>;
  readonly #namespaces = new Set<string>();

  constructor() {
    this.#own = new Set([...namespacesOf('self'), ...namedNamespaces('self')]);
    this.#before = surroundings();
  }

  /** What the program is to be started with: all that it starts has it too. */
  get environment(): NodeJS.ProcessEnv {
    const { folder } = this;
    return { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, [MARK]: this.#mark };
  }

  /** Processes of it that live. */
  processes(): string[] {
    return processes().filter((pid) => read(pid, 'environ').split('\0').includes(`${MARK}=${this.#mark}`));
  }

  /** Whether a program runs that it has started: by its file's name, or a word that it was started with. */
  runs(name: string): boolean {
    return this.processes().some((pid) => read(pid, 'cmdline').split(/[\0/]/).includes(name));
  }

  /**
   * Keeps in mind the namespaces that its processes are in, or have given names to.
   *
   * @returns how many network namespaces of its own it has named so far
   */
  remember(): number {
    let named = 0;
    for (const pid of this.processes()) {
      for (const namespace of namespacesOf(pid)) if (!this.#own.has(namespace)) this.#namespaces.add(namespace);
      const names = namedNamespaces(pid).filter((name) => !this.#own.has(name));
      for (const name of names) this.#namespaces.add(name);
      named = Math.max(named, names.length);
    }
    return named;
  }

  /** What there is of it, a line each; nothing where it has left nothing. */
  left(): string[] {
    const now = surroundings();
    return [
      ...this.processes().map((pid) => `process ${pid}: ${read(pid, 'cmdline').replaceAll('\0', ' ')}`),
      ...processes().flatMap((pid) =>
        namespacesOf(pid).flatMap((name) => (this.#namespaces.has(name) ? [`process ${pid} in ${name}`] : [])),
      ),
      ...now.filter((line) => !this.#before.includes(line)).map((line) => `new: ${line}`),
      ...this.#before.filter((line) => !now.includes(line)).map((line) => `gone: ${line}`),
      ...readdirSync(this.folder).map((name) => `file ${name}`),
    ];
  }

  /** Removes the folder, and ends what is left. */
  end(): void {
    for (const pid of this.processes()) process.kill(Number(pid), 'SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

function surroundings(): string[] {
  return [
    ...readFileSync('/proc/self/mountinfo', 'utf8').split('\n'),
    ...ip('-oneline link').split('\n'),
    ...SHARED_FOLDERS.flatMap((folder) => filesOf(folder).map((name) => join(folder, name))),
  ];
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** `net:[4026531840]`; nothing of a process that is gone, or another user's. */
function namespacesOf(pid: string): string[] {
  return KINDS.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return [];
    }
  });
}

/** Network namespaces that a process sees with a name. */
function namedNamespaces(pid: string): string[] {
  return [...read(pid, 'mountinfo').matchAll(/ (net:\[\d+\]) \/run\/netns\//g)].map(([, name = '']) => name);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
