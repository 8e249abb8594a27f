import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import { printable } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatCount } from '../tcp/number-text.ts';
import { type JournalEntries, parseEntries } from './journal-entries.ts';
import type { Closing, JournalEntry } from './journal-entry.ts';
import { encodeLine } from './journal-line.ts';
import { makeStateDirectory, syncNames } from './state-directory.ts';
import { stateFailure } from './state-failure.ts';
import { openToAppend, openToRead } from './state-file.ts';

/** Tens of thousands of entries: what is longer is something else. */
const LONGEST_BYTES: number = 64 * 2 ** 20;
const LINE_END: Buffer = Buffer.from('\n');

/** What is in the file. */
interface Content extends JournalEntries {
  /** Its bytes, those of a line that was cut off too. */
  readonly size: number;
}

/**
 * The record of every change, one JSON line each: what `fix --apply` is about to change, and what became of it. Each line is
 * on the disk before the change that it tells of is made, so that a crash at any point loses no way back. Write only while
 * the lock is held (`lock.ts`).
 */
export class Journal {
  /** The file. */
  readonly path: string;
  readonly #directory: string;
  readonly #title: string;

  /** @param directory it is in; made by the first write */
  constructor(directory: string) {
    this.path = `${directory}/journal`;
    this.#directory = directory;
    this.#title = `the journal '${printable(this.path)}'`;
  }

  /**
   * Every entry, oldest first; none where there is no journal yet. A last line that was cut off by a crash was never acted
   * on, and is passed over.
   *
   * @throws FourtupleError FT_JOURNAL naming the line that is no entry; FT_PRIVILEGE where it may not be read
   */
  read(): JournalEntry[] {
    try {
      const fd = openToRead(this.path, this.#title);
      return fd === null ? [] : useFile(fd, () => this.#parse(fd).entries);
    } catch (error) {
      throw stateFailure(error, this.#title, 'read');
    }
  }

  /**
   * Writes an entry, and comes back when it is on the disk.
   *
   * @returns the entry with its number, as it will be read
   * @throws FourtupleError FT_JOURNAL where it cannot be written (a full disk), FT_PRIVILEGE where it may not be; the
   *   journal is then as it was
   */
  add({ at, remedy, namespace, changes }: Omit<JournalEntry, 'id' | 'closed'>): JournalEntry {
    return this.#write('Nothing was changed.', (fd) => {
      const present = this.#parse(fd);
      const entry = (present.entries.at(-1)?.id ?? 0) + 1;
      const line = encodeLine({ entry, at, remedy, namespace, changes }, this.#title);
      this.#append(fd, present, line);
      return parseEntries(line, this.#title).entries[0] as JournalEntry;
    });
  }

  /**
   * Closes an entry, and comes back when that is on the disk. One that is closed already stays as it is.
   *
   * @throws like {@link add}; FT_ARGUMENT where there is no such entry
   */
  close(id: number, { at, how, note }: Closing): void {
    this.#write(`Entry ${id} stays open until it is closed again.`, (fd) => {
      const present = this.#parse(fd);
      const entry = present.entries.find((one) => one.id === id);
      if (entry === undefined) throw new FourtupleError('FT_ARGUMENT', `${this.#title} has no entry ${id}`);
      if (entry.closed === null) this.#append(fd, present, encodeLine({ closes: id, at, how, note }, this.#title));
    });
  }

  #write<T>(aftermath: string, work: (fd: number) => T): T {
    try {
      makeStateDirectory(this.#directory);
      const fd = openToAppend(this.path, this.#title);
      return useFile(fd, () => work(fd));
    } catch (error) {
      throw stateFailure(error, this.#title, 'written', aftermath);
    }
  }

  #parse(fd: number): Content {
    const { size } = fstatSync(fd);
    this.#checkSize(size);
    const bytes = readFileSync(fd);
    return { ...parseEntries(bytes, this.#title), size: bytes.length };
  }

  #append(fd: number, { length, size, lacksLineEnd }: Content, line: Buffer): void {
    this.#checkSize(length + line.length);
    // As long as it is empty, its name may not be on the disk either.
    if (size === 0) syncNames(this.#directory);
    if (size > length) ftruncateSync(fd, length);
    try {
      writeWhole(fd, lacksLineEnd ? Buffer.concat([LINE_END, line]) : line);
      fsyncSync(fd);
    } catch (error) {
      takeBack(fd, length);
      throw error;
    }
  }

  #checkSize(bytes: number): void {
    if (bytes <= LONGEST_BYTES) return;
    const message = `${this.#title} is longer than ${formatCount(LONGEST_BYTES)} bytes: ${formatCount(bytes)}`;
    throw new FourtupleError('FT_JOURNAL', message, {
      hint: 'Nothing is changed while that is so. Keep a copy of it; then take out entries that are closed, and their closings.',
    });
  }
}

function useFile<T>(fd: number, work: () => T): T {
  try {
    return work();
  } finally {
    closeSync(fd);
  }
}

/** In one write(2), unless there is no room for all of it: then the next one tells why. */
function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function takeBack(fd: number, length: number): void {
  try {
    ftruncateSync(fd, length);
  } catch {
    // What stays is passed over where it is a part of a line; a whole one does no harm: undoing what was not done changes nothing.
  }
}
