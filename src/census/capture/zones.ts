import { printable } from '../../linux/printable.ts';

/**
 * Interfaces by number. A capture tells names (`%eth0`) and no index, so each name gets a number of its own, 1 and up,
 * which is no index of the captured machine.
 */
export class Zones {
  /** Names by number. */
  readonly names: Map<number, string> = new Map<number, string>();
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const next = this.#numbers.size + 1;
    this.#numbers.set(name, next);
    this.names.set(next, printable(name));
    return next;
  }
}
