/** Numbers of addresses, found without an object for each question: four words of an array at a time. */
export class AddressIndex {
  /** By the words folded into one: those that share it stand behind each other. */
  readonly #first = new Map<number, number>();
  readonly #next: number[] = [];
  readonly #words: number[] = [];

  /** How many there are: the number of the next one. */
  get size(): number {
    return this.#next.length;
  }

  /** The number of the address at `words[at..at + 3]`, -1 where it has none. */
  find(words: ArrayLike<number>, at: number): number {
    let number = this.#first.get(fold(words, at)) ?? -1;
    while (number >= 0 && !this.#isAt(number, words, at)) number = this.#next[number] as number;
    return number;
  }

  /** The number of an address, given now where it has none. */
  add(words: ArrayLike<number>, at: number): number {
    const found = this.find(words, at);
    if (found >= 0) return found;
    const number = this.size;
    const key = fold(words, at);
    this.#next.push(this.#first.get(key) ?? -1);
    this.#first.set(key, number);
    for (let word = 0; word < 4; word += 1) this.#words.push(words[at + word] as number);
    return number;
  }

  /** Its four words. */
  words(number: number): readonly [number, number, number, number] {
    const at = 4 * number;
    const word = (index: number): number => this.#words[at + index] as number;
    return [word(0), word(1), word(2), word(3)];
  }

  #isAt(number: number, words: ArrayLike<number>, at: number): boolean {
    for (let word = 0; word < 4; word += 1) if (this.#words[4 * number + word] !== words[at + word]) return false;
    return true;
  }
}

function fold(words: ArrayLike<number>, at: number): number {
  let folded = 0;
  for (let word = 0; word < 4; word += 1) folded = Math.imul(folded ^ (words[at + word] as number), 0x9e37_79b1);
  return folded;
}
