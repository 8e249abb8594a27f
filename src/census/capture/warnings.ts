import type { Line } from './lines.ts';
import { type Complaint, lineExcerpt } from './outcome.ts';

const MOST_TOLD = 5;

/** What was wrong with the lines of a capture, the first few in words. */
export class Warnings {
  /** How many sockets may be missing: lines that were left out. */
  linesLeftOut = 0;
  readonly #told: string[] = [];
  #count = 0;

  add(line: Line, complaint: Complaint): void {
    if (complaint.consequence === 'left out') this.linesLeftOut += 1;
    this.#count += 1;
    if (this.#count > MOST_TOLD) return;
    this.#told.push(`line ${line.number} ${complaint.what}: '${lineExcerpt(line)}'; ${complaint.consequence}`);
  }

  /** A sentence for each line, and one that counts those not told. */
  sentences(): readonly string[] {
    const more = this.#count - this.#told.length;
    return more === 0 ? this.#told : [...this.#told, `and ${more} more ${more === 1 ? 'line' : 'lines'} like these`];
  }
}
