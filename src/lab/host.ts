import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { NamespaceHandle } from '../linux/namespace-handle.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { FourtupleError } from '../tcp/error.ts';
import { DIES_WITH_ITS_PARENT } from './isolation.ts';

/** In bytes: a line for each slot of some lanes. */
const MOST_OUTPUT = 256 * 1024 * 1024;

/** A host of an experiment: a network namespace with loopback up. */
export class Host {
  /** What `ip netns` knows it by inside the experiment. */
  readonly name: string;
  readonly namespace: NamespaceHandle;

  constructor(name: string, namespace: NamespaceHandle) {
    this.name = name;
    this.namespace = namespace;
  }

  /** Runs synchronous code there. The sockets that it opens stay there. */
  inside<T>(work: () => T): T {
    return inNamespace(this.namespace, work);
  }

  /** @param name below /proc/sys/net: `ipv4.ip_local_port_range`, `core.somaxconn` */
  readSetting(name: string): string {
    return this.inside(() => readFileSync(settingPath(name), 'utf8').trim());
  }

  /** @throws where this kernel has no such setting, or does not take the value */
  writeSetting(name: string, value: string | number): void {
    this.inside(() => writeFileSync(settingPath(name), `${value}\n`));
  }

  /** Runs a program to its end. @returns its output @throws FourtupleError FT_LAB where it fails */
  execute(command: string, ...args: readonly string[]): string {
    const options = { encoding: 'utf8', maxBuffer: MOST_OUTPUT } as const;
    const { status, stdout, stderr, error } = this.inside(() => spawnSync(command, args, options));
    if (status === 0) return stdout;
    const reason = error?.message ?? stderr.trim();
    throw new FourtupleError('FT_LAB', `${[command, ...args].join(' ')} on ${this.name}: ${reason}`);
  }

  /** `ip` with the words of a text. */
  ip(words: string): string {
    return this.execute('ip', ...words.split(' '));
  }

  /** Starts a program that ends with the experiment. */
  start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [first = '', ...more] = [...DIES_WITH_ITS_PARENT, command, ...args];
    return this.inside(() => spawn(first, more, { stdio: 'ignore', ...options }));
  }
}

/** By the thread: the process's own may be another one's. */
function settingPath(name: string): string {
  return `/proc/sys/net/${name.replaceAll('.', '/')}`;
}
