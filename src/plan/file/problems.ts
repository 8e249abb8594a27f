import { LineCounter } from 'yaml';
import { FourtupleError, type FourtupleErrorCode } from '../../tcp/error.ts';

const MOST_SHOWN = 10;

/** What a file is to hold, for messages. */
export interface Subject {
  readonly code: FourtupleErrorCode;
  /** What its outermost mapping has: `tiers`. */
  readonly expected: string;
  readonly hint: string;
}

export const TOPOLOGY: Subject = {
  code: 'FT_TOPOLOGY',
  expected: 'tiers',
  hint: 'The smallest file is: tiers: [{ name: proxy, replicas: 1 }, { name: backend, replicas: 2 }]',
};

/** What is wrong with a file, each with its place in the text. */
export class Problems {
  readonly #name: string;
  readonly #text: string;
  readonly #subject: Subject;
  readonly #lines = new LineCounter();
  readonly #found: { readonly offset: number; readonly message: string }[] = [];

  constructor(text: string, name: string, subject: Subject) {
    this.#text = text;
    this.#name = name;
    this.#subject = subject;
    this.#lines.addNewLine(0);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) this.#lines.addNewLine(end + 1);
  }

  /** @param offset in the text, in UTF-16 units */
  report(offset: number, message: string): void {
    this.#found.push({ offset: Math.min(offset, this.#text.length), message });
  }

  /** The line of an offset, from 1 on. */
  lineOf(offset: number): number {
    return this.#lines.linePos(offset).line;
  }

  /** @throws FourtupleError with the first ten problems, a line each, in the order of the file. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    // An alias makes one mistake count many times.
    const lines = new Set<string>();
    for (const { offset, message } of this.#found.toSorted((a, b) => a.offset - b.offset)) {
      lines.add(`${this.#name}:${this.#place(offset)}: ${message}`);
      if (lines.size > MOST_SHOWN) break;
    }
    const shown = [...lines].slice(0, MOST_SHOWN);
    if (lines.size > MOST_SHOWN) shown.push('and more');
    throw new FourtupleError(this.#subject.code, shown.join('\n'), { hint: this.#subject.hint });
  }

  /** Columns are counted in characters, as editors do, not in UTF-16 units. */
  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${line}:${[...this.#text.slice(offset - (col - 1), offset)].length + 1}`;
  }
}

const LONGEST_QUOTE = 40;

/** What a file holds, in quotes. */
export function quote(text: string): string {
  return `'${printable(text, LONGEST_QUOTE)}'`;
}

/** A text shortened to so many characters, and without those that a terminal obeys. */
export function printable(text: string, longest: number): string {
  const characters = [...text.slice(0, 2 * (longest + 1))].map((character) =>
    /[\p{C}\p{Zl}\p{Zp}]/u.test(character) ? '?' : character,
  );
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('');
}
