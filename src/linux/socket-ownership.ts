import type { InodeTable } from './inode-table.ts';
import type { ProcessRef } from './socket-source.ts';

const NOBODY: readonly ProcessRef[] = [];

/**
 * Who holds which socket. Sockets with the same owners share one list, so that a socket costs four bytes and asking for
 * its owners allocates nothing.
 *
 * Processes are told one after another: {@link begin}, then {@link add} for each of its sockets.
 */
export class SocketOwners {
  readonly #wanted: InodeTable;
  /** By the number of the inode: which of `#lists`. */
  readonly #listOf: Uint32Array;
  readonly #lists: (readonly ProcessRef[])[] = [NOBODY];
  /** For the present process: from a list without it to the same with it. */
  readonly #joined = new Map<number, number>();
  #firstJoined = 1;
  #describe: () => ProcessRef = () => ({ pid: 0, name: '' });
  #process: ProcessRef | undefined;
  #found = 0;

  /** @param wanted the sockets that are asked about; others are left out */
  constructor(wanted: InodeTable) {
    this.#wanted = wanted;
    this.#listOf = new Uint32Array(wanted.size);
  }

  /** How many of the sockets have an owner. */
  get found(): number {
    return this.#found;
  }

  /** The processes that hold a socket, in the order they were told; none where no owner is known. */
  ownersOf(inode: number): readonly ProcessRef[] {
    const number = this.#wanted.numberOf(inode);
    return this.#lists[this.#listOf[number] ?? 0] ?? NOBODY;
  }

  /** The sockets that follow are held by another process. It is described where it holds one that is wanted. */
  begin(describe: () => ProcessRef): void {
    this.#describe = describe;
    this.#process = undefined;
    this.#joined.clear();
    this.#firstJoined = this.#lists.length;
  }

  /** The present process holds this socket; telling it again, or telling one that is not wanted, changes nothing. */
  add(inode: number): void {
    const number = this.#wanted.numberOf(inode);
    const list = this.#listOf[number];
    if (list === undefined || list >= this.#firstJoined) return;
    if (list === 0) this.#found += 1;
    this.#listOf[number] = this.#joined.get(list) ?? this.#join(list);
  }

  /** Whether every socket that is asked about has an owner. */
  get isComplete(): boolean {
    return this.#found === this.#listOf.length;
  }

  #join(list: number): number {
    this.#process ??= this.#describe();
    const joined = this.#lists.push([...(this.#lists[list] ?? NOBODY), this.#process]) - 1;
    this.#joined.set(list, joined);
    return joined;
  }
}
