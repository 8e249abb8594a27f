import { Buffer } from 'node:buffer';

const LINE_FEED = 0x0a;

/** One line of a captured text, as bytes: a capture may have a million of them. */
export interface Line {
  readonly bytes: Buffer;
  /** Where the line starts in `bytes`. */
  readonly start: number;
  /** Where its text ends; the line end is not part of it, a carriage return before it is. */
  readonly end: number;
  /** 1 and up. */
  readonly number: number;
  /** Whether a line end follows. Where none does the text may have been cut anywhere. */
  readonly terminated: boolean;
}

/** Moves over the lines of a text. It is the line that it stands on. */
export class Lines implements Line {
  readonly bytes: Buffer;
  start = 0;
  end = -1;
  number = 0;
  terminated = true;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** @returns false after the last line. */
  next(): boolean {
    this.start = this.end + 1;
    if (this.start >= this.bytes.length) return false;
    const end = this.bytes.indexOf(LINE_FEED, this.start);
    this.terminated = end >= 0;
    this.end = this.terminated ? end : this.bytes.length;
    this.number += 1;
    return true;
  }
}

/**
 * Text of a line, from `from` on, at most `most` bytes of it. Bytes that are no UTF-8 become U+FFFD.
 *
 * @param from a position in `line.bytes`
 */
export function lineText(line: Line, from: number = line.start, most: number = Number.POSITIVE_INFINITY): string {
  return line.bytes.toString('utf8', from, Math.min(line.end, from + most));
}

/** The bytes of a text: UTF-8 as it is, UTF-16 (what PowerShell writes) with its byte order mark turned into UTF-8. */
export function textBytes(text: Uint8Array | string): Buffer {
  if (typeof text === 'string') return Buffer.from(text.startsWith('\ufeff') ? text.slice(1) : text);
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.toString('utf16le', 2));
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
