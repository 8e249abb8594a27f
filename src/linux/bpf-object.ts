import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { BpfMap } from './bpf-map.ts';
import { bpfError, FixedMemory, libbpf, type Pointer } from './libbpf.ts';
import { errno } from './libc.ts';

/** Where its fields stand in `struct bpf_object_open_opts` of libbpf 1. */
const OPTIONS = { size: 80, kernelLog: 56, kernelLogSize: 64 } as const;
const { EPERM } = system.errno;
const LOG_BYTES = 1 << 20;
const LOG_LINES = 3;

/** eBPF programs of one object file, in the kernel. They are gone with the last that holds them: this, or a link. */
export class BpfObject {
  readonly #object: Pointer;

  private constructor(object: Pointer) {
    this.#object = object;
  }

  /**
   * @param title what it is, as messages name it: `spread-sources.bpf.o`
   * @param sizes how many entries maps have, by their names, where that is not in the object
   * @throws FourtupleError FT_PRIVILEGE; FT_UNSUPPORTED where libbpf is missing, or the kernel refuses the programs: with
   *   what its verifier says last
   */
  static load(title: string, bytes: Uint8Array, sizes: Readonly<Record<string, number>>): BpfObject {
    const log = new FixedMemory(LOG_BYTES);
    try {
      const options = new DataView(new ArrayBuffer(OPTIONS.size));
      options.setBigUint64(0, BigInt(OPTIONS.size), true);
      options.setBigUint64(OPTIONS.kernelLog, log.address, true);
      options.setBigUint64(OPTIONS.kernelLogSize, BigInt(LOG_BYTES), true);
      const object = libbpf().bpf_object__open_mem(bytes, bytes.byteLength, options);
      if (object === null) throw bpfError(`${title} is no eBPF object that libbpf can read`, null);
      const opened = new BpfObject(object);
      try {
        opened.#load(title, sizes, log);
      } catch (error) {
        opened.close();
        throw error;
      }
      return opened;
    } finally {
      log.free();
    }
  }

  #load(title: string, sizes: Readonly<Record<string, number>>, log: FixedMemory): void {
    for (const [name, entries] of Object.entries(sizes)) {
      const map = libbpf().bpf_object__find_map_by_name(this.#object, name);
      const result = libbpf().bpf_map__set_max_entries(map, entries);
      if (result !== 0) throw bpfError(`${title} has no map ${name} whose size can be set`, result);
    }
    const result = libbpf().bpf_object__load(this.#object);
    if (result !== 0) throw refused(title, result, lastLines(log.bytes()));
  }

  map(name: string): BpfMap {
    return new BpfMap(name, libbpf().bpf_map__fd(libbpf().bpf_object__find_map_by_name(this.#object, name)));
  }

  /** Attaches a program where its section says: to a tracepoint. */
  attach(program: string): BpfLink {
    return new BpfLink(program, libbpf().bpf_program__attach(this.#find(program)));
  }

  /**
   * Attaches a program to a cgroup of version 2, beside those that are there.
   *
   * @param directory of the cgroup
   * @throws FourtupleError FT_UNSUPPORTED where one is there, or above, that allows no other (`cgroup_bpf_attach()`)
   */
  attachToCgroup(program: string, directory: string): BpfLink {
    const cgroup = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      const link = libbpf().bpf_program__attach_cgroup(this.#find(program), cgroup);
      // Whoever may load programs may attach them.
      if (link === null && errno() === EPERM) throw notAlone(program, directory);
      return new BpfLink(program, link);
    } finally {
      closeSync(cgroup);
    }
  }

  /** Links keep what they hold. */
  close(): void {
    libbpf().bpf_object__close(this.#object);
  }

  #find(program: string): Pointer {
    const found = libbpf().bpf_object__find_program_by_name(this.#object, program);
    if (found === null) throw bpfError(`there is no eBPF program ${program}`, null);
    return found;
  }
}

/** A program where it is attached. */
export class BpfLink {
  readonly program: string;
  readonly #link: Pointer;

  /** @throws FourtupleError FT_KERNEL, FT_PRIVILEGE where the kernel did not give the link */
  constructor(program: string, link: Pointer) {
    if (link === null) throw bpfError(`the eBPF program ${program} cannot be attached`, null);
    this.program = program;
    this.#link = link;
  }

  /** Keeps it attached when this process has ended. @param path on a bpf file system */
  pin(path: string): void {
    const result = libbpf().bpf_link__pin(this.#link, path);
    if (result !== 0) throw bpfError(`the eBPF program ${this.program} cannot be kept as ${path}`, result);
  }

  /** Detaches it, unless it is pinned. */
  close(): void {
    libbpf().bpf_link__destroy(this.#link);
  }
}

function notAlone(program: string, directory: string): FourtupleError {
  const message = `the eBPF program ${program} cannot be attached to ${directory}: another eBPF program is attached there, or above, that allows no other`;
  return new FourtupleError('FT_UNSUPPORTED', message, {
    hint: `\`bpftool cgroup tree ${directory}\` shows it: whoever attaches it must say that it may stand beside others (BPF_F_ALLOW_MULTI).`,
  });
}

function refused(title: string, result: number, log: string): FourtupleError {
  const what = `the kernel refuses ${title}`;
  const error = bpfError(what, result, log);
  // The verifier too says EACCES; without the privilege it says nothing.
  if (error.code === 'FT_PRIVILEGE') return log === '' ? error : unsupported(`${what}: ${log}`);
  return unsupported(error.message);
}

function unsupported(message: string): FourtupleError {
  return new FourtupleError('FT_UNSUPPORTED', message, {
    hint: 'It needs Linux 5.14 with CONFIG_CGROUP_BPF and type information (CONFIG_DEBUG_INFO_BTF: /sys/kernel/btf/vmlinux).',
  });
}

/** What a verifier or a loader says in the end is why. */
function lastLines(log: Uint8Array): string {
  const end = log.indexOf(0);
  const lines = new TextDecoder()
    .decode(log.slice(0, end < 0 ? log.length : end))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('processed '));
  return lines.slice(-LOG_LINES).join(' | ');
}
