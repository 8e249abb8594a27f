import type { Buffer } from 'node:buffer';
import { excerpt } from '../../linux/printable.ts';
import type { ProcessRef, SocketSource } from '../../linux/socket-source.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { CapturedSockets } from './captured-sockets.ts';
import type { CaptureContents, CaptureFormat, CaptureReader } from './format.ts';
import { type Line, Lines, lineText, textBytes } from './lines.ts';
import { NETSTAT } from './netstat.ts';
import { lineExcerpt } from './outcome.ts';
import { Owners } from './owners.ts';
import { PROC_NET_TCP } from './proc-net-tcp.ts';
import { SS } from './ss.ts';
import { Warnings } from './warnings.ts';
import { Zones } from './zones.ts';

/** The TCP sockets of a machine as a text of that machine tells them. */
export interface Capture {
  /** What the text is: `ss`, `netstat`, `/proc/net/tcp`. */
  readonly format: string;
  readonly source: SocketSource;
  /** How many sockets it holds. */
  readonly sockets: number;
  /**
   * Whether listening sockets are part of it: without them, inbound connections cannot be told from outbound ones. Where
   * no socket listens and the text does not tell whether they were asked for, it is false.
   */
  readonly holdsListeners: boolean;
  /** Whether it tells when TIME_WAIT ends. */
  readonly holdsTimers: boolean;
  /** Processes by `SocketView.inode`. That is an invented number where the text tells owners and no inodes. */
  readonly owners: ReadonlyMap<number, readonly ProcessRef[]>;
  /** Names of interfaces by `SocketView.interfaceIndex`, which is an invented number. */
  readonly zones: ReadonlyMap<number, string>;
  /** How many lines may have been sockets and are not in `source`. */
  readonly linesLeftOut: number;
  /** What is wrong with the text, one sentence each, the first few lines only; safe to print. */
  readonly warnings: readonly string[];
}

const FORMATS: readonly CaptureFormat[] = [SS, NETSTAT, PROC_NET_TCP];
const KNOWN = 'ss -tan, ss -tanoep, netstat -tanW, /proc/net/tcp and tcp6, or a report of fourtuple status --json';
/** More than any header, less than a hostile line. */
const RECOGNIZED_BYTES = 400;
/** A shell's prompt with the command, or alone at the end: `$ ss -tan`, `[root@host ~]# netstat -tan`, `host:~$`. */
const PROMPT =
  /^(?:.{0,200}[$#%>] *(?:sudo +)?(?:\S*\/)?(?:ss|netstat|cat|head|tail|nsenter|ip|docker|kubectl|ssh|exit)\b|.{0,200}[$#]\s*$|\+ )/;

/**
 * Reads a captured text; its format shows in its content. What is not understood is left out and told in `warnings`: a
 * damaged capture gives fewer sockets, never invented ones. A last line without a line end counts only where what it
 * holds cannot be the start of something longer.
 *
 * @param text bytes of UTF-8, or a string. Bytes are not copied, and not needed afterwards.
 * @param name what to call it in messages: the file's name
 * @throws FourtupleError FT_CAPTURE where no format fits, or nothing but damaged lines is there
 */
export function readCapture(text: Uint8Array | string, name: string): Capture {
  const bytes = textBytes(text);
  const title = excerpt(name);
  const format = recognize(bytes);
  if (format === undefined) throw notRecognized(bytes, title);
  const contents = {
    name: title,
    sockets: new CapturedSockets(format.name),
    owners: new Owners(),
    zones: new Zones(),
  } satisfies CaptureContents;
  const reader = format.reader(contents);
  const warnings = readLines(bytes, reader, format);
  const sentences = warnings.sentences();
  if (contents.sockets.size === 0 && sentences.length > 0) {
    throw new FourtupleError(
      'FT_CAPTURE',
      `${title}: not one socket of this ${format.name} capture can be read: ${sentences[0]}`,
      {
        hint: 'Take the capture again, and keep its lines whole.',
      },
    );
  }
  return {
    format: format.name,
    source: contents.sockets,
    sockets: contents.sockets.size,
    holdsListeners: reader.holdsListeners,
    holdsTimers: reader.holdsTimers,
    owners: contents.owners.byInode,
    zones: contents.zones.names,
    linesLeftOut: warnings.linesLeftOut,
    warnings: sentences,
  };
}

function recognize(bytes: Buffer): CaptureFormat | undefined {
  const lines = new Lines(bytes);
  while (lines.next()) {
    const text = startOf(lines);
    const format = FORMATS.find((candidate) => candidate.recognizes(text));
    if (format !== undefined) return format;
  }
  return undefined;
}

function readLines(bytes: Buffer, reader: CaptureReader, format: CaptureFormat): Warnings {
  const warnings = new Warnings();
  const lines = new Lines(bytes);
  while (lines.next()) {
    if (isBlank(lines)) continue;
    const complaint = reader.read(lines);
    if (complaint !== undefined && !isPrompt(lines, format)) warnings.add(lines, complaint);
  }
  reader.finish?.((line, complaint) => warnings.add(line, complaint));
  return warnings;
}

function isBlank(line: Line): boolean {
  let at = line.start;
  while (at < line.end && (line.bytes[at] as number) <= 0x20) at += 1;
  return at === line.end;
}

function isPrompt(line: Line, format: CaptureFormat): boolean {
  const text = startOf(line);
  return PROMPT.test(text) && !format.recognizes(text);
}

/** The start of a line, without indentation. */
function startOf(line: Line): string {
  return lineText(line, line.start, RECOGNIZED_BYTES).trimStart();
}

function notRecognized(bytes: Buffer, name: string): FourtupleError {
  const lines = new Lines(bytes);
  let isEmpty = true;
  while (isEmpty && lines.next()) isEmpty = isBlank(lines);
  const what = isEmpty ? 'it is empty' : `its first line is '${lineExcerpt(lines)}'`;
  return new FourtupleError('FT_CAPTURE', `${name} is no capture that can be read: ${what}`, {
    hint: `What can be read: ${KNOWN}.`,
  });
}
