import koffi from 'koffi';
import { FourtupleError } from '../tcp/error.ts';
import { errno, errnoName } from './libc.ts';

/** An address, as koffi has it; null for none. */
export type Pointer = bigint | null;
type Memory = ArrayBufferView | null;

/** What is used of libbpf 1 (bpf/libbpf.h, bpf/bpf.h), by the names of its functions. */
interface Libbpf {
  bpf_object__open_mem(bytes: Memory, size: number, options: Memory): Pointer;
  bpf_object__load(object: Pointer): number;
  bpf_object__close(object: Pointer): void;
  bpf_object__find_program_by_name(object: Pointer, name: string): Pointer;
  bpf_object__find_map_by_name(object: Pointer, name: string): Pointer;
  bpf_map__set_max_entries(map: Pointer, entries: number): number;
  bpf_map__fd(map: Pointer): number;
  bpf_program__attach(program: Pointer): Pointer;
  bpf_program__attach_cgroup(program: Pointer, cgroup: number): Pointer;
  bpf_link__pin(link: Pointer, path: string): number;
  bpf_link__destroy(link: Pointer): number;
  bpf_map_lookup_elem(map: number, key: Memory, into: Memory): number;
  bpf_map_update_elem(map: number, key: Memory, value: Memory, flags: bigint): number;
  bpf_map_get_next_key(map: number, key: Memory, into: Memory): number;
  bpf_map_get_fd_by_id(id: number): number;
  bpf_prog_get_fd_by_id(id: number): number;
  bpf_link_get_fd_by_id(id: number): number;
  bpf_link_get_next_id(id: number, into: Uint32Array): number;
  bpf_link_detach(link: number): number;
  bpf_prog_query(
    target: number,
    type: number,
    flags: number,
    attachFlags: Memory,
    ids: Uint32Array | null,
    count: Uint32Array,
  ): number;
  bpf_obj_get_info_by_fd(fd: number, into: Memory, size: Uint32Array): number;
  libbpf_set_print(print: Pointer): Pointer;
}

let loaded: Libbpf | undefined;

/**
 * The library that loads eBPF programs, which iproute2 brings along. Its functions return a negative error number, or
 * null with {@link errno} set.
 *
 * @throws FourtupleError FT_UNSUPPORTED where it is not installed
 */
export function libbpf(): Libbpf {
  loaded ??= bind(openLibrary());
  return loaded;
}

function openLibrary(): ReturnType<typeof koffi.load> {
  try {
    return koffi.load('libbpf.so.1');
  } catch (cause) {
    throw new FourtupleError('FT_UNSUPPORTED', 'libbpf.so.1, which loads eBPF programs, is not installed', {
      hint: 'Debian and Ubuntu: apt install libbpf1. Fedora and RHEL: dnf install libbpf. Alpine: apk add libbpf.',
      cause,
    });
  }
}

function bind(library: ReturnType<typeof koffi.load>): Libbpf {
  const functions: Libbpf = {
    bpf_object__open_mem: library.func('void *bpf_object__open_mem(const void *, size_t, const void *)'),
    bpf_object__load: library.func('int bpf_object__load(void *)'),
    bpf_object__close: library.func('void bpf_object__close(void *)'),
    bpf_object__find_program_by_name: library.func(
      'void *bpf_object__find_program_by_name(const void *, const char *)',
    ),
    bpf_object__find_map_by_name: library.func('void *bpf_object__find_map_by_name(const void *, const char *)'),
    bpf_map__set_max_entries: library.func('int bpf_map__set_max_entries(void *, uint32_t)'),
    bpf_map__fd: library.func('int bpf_map__fd(const void *)'),
    bpf_program__attach: library.func('void *bpf_program__attach(const void *)'),
    bpf_program__attach_cgroup: library.func('void *bpf_program__attach_cgroup(const void *, int)'),
    bpf_link__pin: library.func('int bpf_link__pin(void *, const char *)'),
    bpf_link__destroy: library.func('int bpf_link__destroy(void *)'),
    bpf_map_lookup_elem: library.func('int bpf_map_lookup_elem(int, const void *, void *)'),
    bpf_map_update_elem: library.func('int bpf_map_update_elem(int, const void *, const void *, uint64_t)'),
    bpf_map_get_next_key: library.func('int bpf_map_get_next_key(int, const void *, void *)'),
    bpf_map_get_fd_by_id: library.func('int bpf_map_get_fd_by_id(uint32_t)'),
    bpf_prog_get_fd_by_id: library.func('int bpf_prog_get_fd_by_id(uint32_t)'),
    bpf_link_get_fd_by_id: library.func('int bpf_link_get_fd_by_id(uint32_t)'),
    bpf_link_get_next_id: library.func('int bpf_link_get_next_id(uint32_t, void *)'),
    bpf_link_detach: library.func('int bpf_link_detach(int)'),
    bpf_prog_query: library.func('int bpf_prog_query(int, int, uint32_t, void *, void *, void *)'),
    bpf_obj_get_info_by_fd: library.func('int bpf_obj_get_info_by_fd(int, void *, void *)'),
    libbpf_set_print: library.func('void *libbpf_set_print(void *)'),
  };
  // What it would print is told by our own errors.
  functions.libbpf_set_print(null);
  return functions;
}

/** Memory that stays where it is, for the library to write to. */
export class FixedMemory {
  readonly address: bigint;
  readonly #pointer: unknown;
  readonly #size: number;

  /** @param size in bytes */
  constructor(size: number) {
    this.#size = size;
    this.#pointer = koffi.alloc('uint8_t', size);
    this.address = koffi.address(this.#pointer);
    this.bytes().fill(0);
  }

  /** The memory itself, until {@link free}. */
  bytes(): Uint8Array {
    return new Uint8Array(koffi.view(this.#pointer, this.#size));
  }

  free(): void {
    koffi.free(this.#pointer);
  }
}

/**
 * The error of a call of bpf(2).
 *
 * @param what what was tried, as it begins a sentence: `the program ft_count cannot be loaded`
 * @param result what the function returned: a negative error number; null or -1 where {@link errno} has it
 */
export function bpfError(what: string, result: number | null, detail = ''): FourtupleError {
  const number = result === null || result === -1 ? errno() : -result;
  const name = errnoName(number);
  if (name === 'EPERM' || name === 'EACCES') {
    return new FourtupleError('FT_PRIVILEGE', `${what}: eBPF needs root (CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON)`, {
      hint: `The kernel says ${name}. A container needs these capabilities, and the host's own user namespace.`,
    });
  }
  return new FourtupleError('FT_KERNEL', `${what}: ${name}${detail === '' ? '' : `, ${detail}`}`);
}
