import { readFileSync } from 'node:fs';
import { INITIAL_PID_NAMESPACE } from './initial-namespace.ts';
import { AT_FDCWD, PID_NAMESPACE_LINK, readInodeLink } from './inode-link.ts';
import { printable } from './printable.ts';
import { listProcesses, readNetworkNamespace, readProcessName } from './processes.ts';

/** Who made a call that was traced. */
export interface Caller {
  readonly pid: number;
  readonly name: string;
  /** The network namespace that its thread is in; null where it ended before it was looked for, or may not be looked at. */
  readonly namespaceInode: number | null;
}

const FORGOTTEN_NAME = '<...>';
const UNKNOWN_NAME = '?';

/** The processes behind the threads of a trace. */
export class Callers {
  readonly #known = new Map<number, Caller>();
  /** Of those that were seen before they made the call: a program that fails may end before its event is read. */
  readonly #namespaces = new Map<number, number | null>();
  /** The trace has thread ids of the first PID namespace, whatever the reader's. */
  readonly #areVisible: boolean =
    readInodeLink(AT_FDCWD, '/proc/self/ns/pid', PID_NAMESPACE_LINK) === INITIAL_PID_NAMESPACE;

  /** Looks which processes there are now: those that have come since. */
  look(): void {
    if (!this.#areVisible) return;
    for (const pid of listProcesses()) {
      if (!this.#namespaces.has(pid)) this.#namespaces.set(pid, readNetworkNamespace(pid) ?? null);
    }
  }

  /** @param name the thread's name as the trace has it */
  find(thread: number, name: string): Caller {
    const known = this.#known.get(thread);
    if (known !== undefined) return known;
    const caller = this.#areVisible ? this.#identify(thread, name) : unseen(thread, name);
    this.#known.set(thread, caller);
    return caller;
  }

  #identify(thread: number, name: string): Caller {
    const pid = processOf(thread);
    if (pid === null) return { ...unseen(thread, name), namespaceInode: this.#namespaces.get(thread) ?? null };
    return {
      pid,
      name: readProcessName(pid) ?? nameOf(name),
      namespaceInode: readNetworkNamespace(thread) ?? this.#namespaces.get(pid) ?? null,
    };
  }
}

function unseen(thread: number, name: string): Caller {
  return { pid: thread, name: nameOf(name), namespaceInode: null };
}

function nameOf(name: string): string {
  return name === FORGOTTEN_NAME ? UNKNOWN_NAME : printable(name);
}

/** proc_pid_status(5): /proc has each thread's folder too, though it lists none. */
function processOf(thread: number): number | null {
  try {
    const group = /^Tgid:\s*(\d+)$/m.exec(readFileSync(`/proc/${thread}/status`, 'latin1'))?.[1];
    return group === undefined ? null : Number(group);
  } catch {
    return null;
  }
}
