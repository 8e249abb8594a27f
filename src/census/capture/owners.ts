import { printable } from '../../linux/printable.ts';
import type { ProcessRef } from '../../linux/socket-source.ts';

/** A program's name as netstat prints it may be longer than the kernel's 15 bytes; none is longer than this. */
const LONGEST_NAME = 64;
const LAST_INODE = 0xffff_ffff;

/** Who holds the sockets of a capture. */
export class Owners {
  /** Processes by the inode of the socket's file. */
  readonly byInode: Map<number, readonly ProcessRef[]> = new Map<number, readonly ProcessRef[]>();
  /** Most sockets have the owners of another one: each list is kept once. */
  readonly #lists = new Map<string, readonly ProcessRef[]>();
  #lastInvented = LAST_INODE + 1;

  /**
   * Notes the owners of a socket.
   *
   * @param inode 0 where the capture does not tell it; then one is invented, from the top of the kernel's 32 bits, where
   *   its own numbers hardly come
   * @returns the inode to know the socket by
   */
  note(inode: number, processes: readonly ProcessRef[]): number {
    if (processes.length === 0) return inode;
    const known = inode === 0 || inode > LAST_INODE ? this.#invent() : inode;
    this.byInode.set(known, this.#list(processes));
    return known;
  }

  #invent(): number {
    this.#lastInvented -= 1;
    return this.#lastInvented;
  }

  #list(processes: readonly ProcessRef[]): readonly ProcessRef[] {
    const key = processes.map(({ pid, name }) => `${pid}/${name}`).join('\0');
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const names = new Map(processes.map(({ pid, name }) => [pid, printable(name).slice(0, LONGEST_NAME)]));
    const list = Array.from(names, ([pid, name]) => ({ pid, name }));
    this.#lists.set(key, list);
    return list;
  }
}
