import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { bpfError, libbpf } from './libbpf.ts';

const { ENOENT } = constants.errno;

/** A map of an eBPF program, open. Keys and values are bytes in the layout that the program gives them. */
export class BpfMap {
  readonly name: string;
  readonly #fd: number;

  /** @param fd its to close where it has been opened by an id */
  constructor(name: string, fd: number) {
    this.name = name;
    this.#fd = fd;
  }

  /** @returns whether there is an entry: `into` holds it then @throws FourtupleError FT_KERNEL, FT_PRIVILEGE */
  read(key: ArrayBufferView, into: ArrayBufferView): boolean {
    const result = libbpf().bpf_map_lookup_elem(this.#fd, key, into);
    if (result === 0) return true;
    if (result === -ENOENT) return false;
    throw bpfError(`the eBPF map ${this.name} cannot be read`, result);
  }

  /** @throws FourtupleError FT_KERNEL, FT_PRIVILEGE */
  write(key: ArrayBufferView, value: ArrayBufferView): void {
    const result = libbpf().bpf_map_update_elem(this.#fd, key, value, 0n);
    if (result !== 0) throw bpfError(`the eBPF map ${this.name} cannot be written`, result);
  }

  /** Visits the keys of a hash map; `key` is used again for the next one. */
  forEachKey<Key extends Uint8Array>(newKey: () => Key, visit: (key: Key) => void): void {
    let before: Key | null = null;
    for (let key = newKey(); libbpf().bpf_map_get_next_key(this.#fd, before, key) === 0; key = newKey()) {
      visit(key);
      before = key;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
