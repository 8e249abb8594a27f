const FIRST_BITS = 10;
// 2^32 over the golden ratio (Knuth, TAOCP 6.4): inodes are given in runs, which the product's high bits spread evenly.
const SPREAD = 0x9e3779b1;

/**
 * A set of inodes that gives each a number of its own, 0, 1, 2, … in the order they came: what is known of an inode can be
 * kept in typed arrays. A hash table with open addressing: 16 to 32 bytes per inode, nothing allocated per call
 * but when it doubles.
 *
 * Inodes are 32-bit, as the kernel gives them to sockets (`get_next_ino()` of fs/inode.c). 0 means none and is never held.
 */
export class InodeTable implements Iterable<number> {
  #bits = FIRST_BITS;
  #inodes: Uint32Array = new Uint32Array(2 ** FIRST_BITS);
  #numbers: Uint32Array = new Uint32Array(2 ** FIRST_BITS);
  #size = 0;

  static of(inodes: Iterable<number>): InodeTable {
    const table = new InodeTable();
    for (const inode of inodes) table.add(inode);
    return table;
  }

  /** How many inodes the table holds. */
  get size(): number {
    return this.#size;
  }

  has(inode: number): boolean {
    return this.numberOf(inode) >= 0;
  }

  /** @returns -1 where the table does not hold the inode. */
  numberOf(inode: number): number {
    const slot = this.#slotOf(inode);
    return inode !== 0 && this.#inodes[slot] === inode ? (this.#numbers[slot] as number) : -1;
  }

  /** @returns whether the inode is new to the table. */
  add(inode: number): boolean {
    const slot = this.#slotOf(inode);
    if (inode === 0 || this.#inodes[slot] === inode) return false;
    this.#inodes[slot] = inode;
    this.#numbers[slot] = this.#size;
    this.#size += 1;
    if (this.#size * 2 > this.#inodes.length) this.#grow();
    return true;
  }

  /** In no particular order. */
  *[Symbol.iterator](): Generator<number> {
    for (const inode of this.#inodes) if (inode !== 0) yield inode;
  }

  /** Where the inode is, or the free place where it would be. */
  #slotOf(inode: number): number {
    const inodes = this.#inodes;
    const mask = inodes.length - 1;
    let slot = Math.imul(inode, SPREAD) >>> (32 - this.#bits);
    for (;;) {
      const held = inodes[slot] as number;
      if (held === inode || held === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const [inodes, numbers] = [this.#inodes, this.#numbers];
    this.#bits += 1;
    this.#inodes = new Uint32Array(2 ** this.#bits);
    this.#numbers = new Uint32Array(2 ** this.#bits);
    for (let from = 0; from < inodes.length; from += 1) {
      const inode = inodes[from] as number;
      if (inode === 0) continue;
      const to = this.#slotOf(inode);
      this.#inodes[to] = inode;
      this.#numbers[to] = numbers[from] as number;
    }
  }
}
