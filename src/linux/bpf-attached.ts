import { closeSync, constants, openSync } from 'node:fs';
import { BpfMap } from './bpf-map.ts';
import { bpfError, FixedMemory, libbpf } from './libbpf.ts';

/** Where programs are attached to a cgroup (`enum bpf_attach_type` of include/uapi/linux/bpf.h). */
export const ATTACH_TYPES = { connect4: 10, connect6: 11, getpeername4: 29, getpeername6: 30 } as const;
export type AttachType = keyof typeof ATTACH_TYPES;

/** Those of the cgroups above it too. */
const BPF_F_QUERY_EFFECTIVE = 1;
const MOST_PROGRAMS = 64;

/** Offsets in `struct bpf_prog_info`, `struct bpf_map_info` and `struct bpf_link_info`. */
const PROGRAM_INFO = { size: 128, mapCount: 52, maps: 56, name: 64 } as const;
const MAP_INFO = { size: 64, name: 24 } as const;
const LINK_INFO = { size: 64, type: 0, program: 8, cgroup: 16 } as const;
const NAME_BYTES = 16;
const BPF_LINK_TYPE_CGROUP = 3;
const MOST_MAPS = 64;

/** A program that is attached. Numbers are the kernel's ids, which no other gets before the next boot. */
export interface AttachedProgram {
  readonly id: number;
  readonly name: string;
}

/**
 * The programs that act on a cgroup.
 *
 * @param directory of the cgroup @param scope `own`: attached to it; `all`: to those above it too
 * @throws FourtupleError FT_UNSUPPORTED, FT_PRIVILEGE, FT_KERNEL
 */
export function programsOfCgroup(directory: string, type: AttachType, scope: 'own' | 'all'): AttachedProgram[] {
  const cgroup = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const ids = new Uint32Array(MOST_PROGRAMS);
    const count = Uint32Array.of(MOST_PROGRAMS);
    const flags = scope === 'all' ? BPF_F_QUERY_EFFECTIVE : 0;
    const result = libbpf().bpf_prog_query(cgroup, ATTACH_TYPES[type], flags, null, ids, count);
    if (result !== 0) throw bpfError(`the eBPF programs of the cgroup ${directory} cannot be listed`, result);
    return [...ids.subarray(0, count[0])].flatMap(describeProgram);
  } finally {
    closeSync(cgroup);
  }
}

/** Nothing where it has gone meanwhile. */
function describeProgram(id: number): AttachedProgram[] {
  const fd = libbpf().bpf_prog_get_fd_by_id(id);
  if (fd < 0) return [];
  try {
    const info = readInfo(fd, new Uint8Array(PROGRAM_INFO.size));
    return [{ id, name: nameAt(info, PROGRAM_INFO.name) }];
  } finally {
    closeSync(fd);
  }
}

/** The maps of a program by their names, open: each is to be closed. Empty where it has gone. */
export function mapsOfProgram(id: number): Map<string, BpfMap> {
  const fd = libbpf().bpf_prog_get_fd_by_id(id);
  const maps = new Map<string, BpfMap>();
  if (fd < 0) return maps;
  const memory = new FixedMemory(MOST_MAPS * 4);
  try {
    const info = new DataView(new ArrayBuffer(PROGRAM_INFO.size));
    info.setUint32(PROGRAM_INFO.mapCount, MOST_MAPS, true);
    info.setBigUint64(PROGRAM_INFO.maps, memory.address, true);
    readInfo(fd, info);
    const count = info.getUint32(PROGRAM_INFO.mapCount, true);
    const ids = new Uint32Array(memory.bytes().slice().buffer, 0, count);
    for (const mapId of ids) {
      const map = libbpf().bpf_map_get_fd_by_id(mapId);
      if (map < 0) continue;
      const name = nameAt(readInfo(map, new Uint8Array(MAP_INFO.size)), MAP_INFO.name);
      maps.set(name, new BpfMap(name, map));
    }
    return maps;
  } finally {
    memory.free();
    closeSync(fd);
  }
}

/**
 * Detaches programs from a cgroup, whoever holds their links.
 *
 * @param cgroupId inode of its directory @param programs by their ids
 * @throws FourtupleError FT_PRIVILEGE, FT_KERNEL
 */
export function detachFromCgroup(cgroupId: number, programs: ReadonlySet<number>): void {
  for (const fd of links()) {
    try {
      const info = readInfo(fd, new DataView(new ArrayBuffer(LINK_INFO.size)));
      if (info.getUint32(LINK_INFO.type, true) !== BPF_LINK_TYPE_CGROUP) continue;
      if (info.getBigUint64(LINK_INFO.cgroup, true) !== BigInt(cgroupId)) continue;
      if (!programs.has(info.getUint32(LINK_INFO.program, true))) continue;
      const result = libbpf().bpf_link_detach(fd);
      if (result !== 0) throw bpfError('an eBPF program cannot be detached', result);
    } finally {
      closeSync(fd);
    }
  }
}

/** Every link of the machine, open. */
function* links(): Generator<number> {
  const next = new Uint32Array(1);
  for (let id = 0; libbpf().bpf_link_get_next_id(id, next) === 0; ) {
    id = next[0] as number;
    const fd = libbpf().bpf_link_get_fd_by_id(id);
    if (fd >= 0) yield fd;
  }
}

function readInfo<Into extends ArrayBufferView>(fd: number, into: Into): Into {
  const result = libbpf().bpf_obj_get_info_by_fd(fd, into, Uint32Array.of(into.byteLength));
  if (result !== 0) throw bpfError('an eBPF object cannot be described', result);
  return into;
}

function nameAt(info: Uint8Array, at: number): string {
  const bytes = info.subarray(at, at + NAME_BYTES);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
