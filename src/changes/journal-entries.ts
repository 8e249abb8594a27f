import type { Buffer } from 'node:buffer';
import type { JournalEntry } from './journal-entry.ts';
import { type ClosingLine, type EntryLine, lineError, parseLine } from './journal-line.ts';

const LINE_FEED = 0x0a;
const BEGINNINGS = ['{"entry":', '{"closes":'];

/** What the bytes of a journal say. */
export interface JournalEntries {
  /** Oldest first. */
  readonly entries: JournalEntry[];
  /** How many of the bytes that is; the rest was cut off by a crash while it was written, and never acted on. */
  readonly length: number;
  /** Whether only the end of the last line is missing. */
  readonly lacksLineEnd: boolean;
}

/**
 * Reads the bytes of a journal.
 *
 * @param title the file, as it begins a sentence: `the journal '/var/lib/fourtuple/journal'`
 * @throws FourtupleError FT_JOURNAL naming the line that is none, or has no place there
 */
export function parseEntries(bytes: Buffer, title: string): JournalEntries {
  const ended = bytes.lastIndexOf(LINE_FEED) + 1;
  const lacksLineEnd = ended < bytes.length && !isCutOff(bytes.subarray(ended));
  const length = lacksLineEnd ? bytes.length : ended;
  const entries = new Map<number, JournalEntry>();
  let last = 0;
  for (let start = 0, number = 1; start < length; number += 1) {
    const lineFeed = bytes.indexOf(LINE_FEED, start);
    const end = lineFeed < 0 ? length : lineFeed;
    const where = `${title}, line ${number}`;
    const line = parseLine(bytes.subarray(start, end), where);
    const entry = 'closes' in line ? closeEntry(entries.get(line.closes), line, where) : openEntry(line, last, where);
    entries.set(entry.id, entry);
    last = Math.max(last, entry.id);
    start = end + 1;
  }
  return { entries: [...entries.values()], length, lacksLineEnd };
}

/**
 * Whether a last line without its end was cut off while it was written. One that is whole may have been mended by hand, and
 * what does not begin as a line was put there by another: nothing of those is dropped. After a loss of power a file system
 * may show zeros in place of what did not come to the disk.
 */
function isCutOff(line: Buffer): boolean {
  if (line[0] === 0) return true;
  const beginning = line.toString('latin1', 0, 16);
  return BEGINNINGS.some((one) => beginning.startsWith(one) || one.startsWith(beginning)) && !isJson(line);
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function openEntry({ entry: id, ...entry }: EntryLine, last: number, where: string): JournalEntry {
  if (id <= last) throw lineError(where, `entry ${id} comes after entry ${last}, and each has a number of its own`);
  return { id, ...entry, closed: null };
}

/** The first closing stands: what comes later found nothing to do. */
function closeEntry(entry: JournalEntry | undefined, { closes, ...closed }: ClosingLine, where: string): JournalEntry {
  if (entry === undefined) throw lineError(where, `it closes entry ${closes}, which is not there`);
  return { ...entry, closed: entry.closed ?? closed };
}
