import { Buffer, isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import { excerpt, printable } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Closing, JournalEntry } from './journal-entry.ts';
import { CHANGE_KINDS, normalValue } from './recorded-change.ts';
import { describeIssue } from './schema-issue.ts';

/** What a line of the journal says: that changes are about to be made, or what became of an entry. */
export type JournalLine = EntryLine | ClosingLine;

/** `entry` is its number. */
export type EntryLine = { readonly entry: number } & Omit<JournalEntry, 'id' | 'closed'>;

/** `closes` is the number of the entry. */
export type ClosingLine = { readonly closes: number } & Closing;

/** What is written to files of settings. */
const SETTING_KINDS = ['sysctl', 'sysctl.d'] as const;

function isSetting(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && SETTING_KINDS.some((kind) => 'kind' in input && input.kind === kind)
  );
}

const NEWER_VERSION = 'Use the version of fourtuple that wrote it, or a newer one.';
const MEND =
  'Nothing is changed while it cannot be read. Keep a copy of the file; then mend that line, or take it out: the other lines stand as they are.';
const NOT_WRITTEN = 'Nothing was written: it could not be read again.';

/** Messages complete `… is 7, which is not`. */
const text = v.pipe(v.string('a text'), v.transform(printable));
const time = v.pipe(v.string('a time'), v.isoTimestamp('a time'));
const count = v.pipe(v.number('a number'), v.safeInteger('a whole number'), v.minValue(0, 'a number of 0 or more'));
const id = v.pipe(count, v.minValue(1, 'a number of 1 or more'));
/** It becomes a part of a path. */
const setting = v.pipe(v.string('a setting'), v.regex(/^(?:ipv6\.)?[a-z][a-z0-9_]*$/, 'a setting'));
/** It is written as it stands, so nothing of it may be replaced when it is read. */
const value = v.pipe(
  v.string('a text'),
  v.check((given) => given === normalValue(given) && given === printable(given), 'a value in one line'),
);

const values = { from: v.nullable(value), to: v.nullable(value) };
const settingChange = v.pipe(
  v.object({ kind: v.picklist(SETTING_KINDS, 'a kind of change'), setting, ...values }, 'an object'),
  v.check(({ kind, from, to }) => kind !== 'sysctl' || (from !== null && to !== null), 'a change with both values'),
);
const otherChange = v.object(
  { kind: v.picklist(CHANGE_KINDS, 'a kind of change'), setting: value, ...values },
  'an object',
);
const change = v.lazy((input) => (isSetting(input) ? settingChange : otherChange));

const namespace = v.object(
  {
    inode: count,
    cookie: v.nullable(v.pipe(v.string('a text'), v.digits('a number in decimal digits'))),
    bootId: v.nullable(text),
    isHost: v.boolean('true or false'),
    name: v.nullable(text),
  },
  'an object',
);

const entryLine: v.GenericSchema<unknown, EntryLine> = v.object({
  entry: id,
  at: time,
  remedy: text,
  namespace,
  changes: v.array(change, 'a list'),
});

const closingLine: v.GenericSchema<unknown, ClosingLine> = v.object({
  closes: id,
  at: time,
  how: v.picklist(['undone', 'failed', 'gone'], "'undone', 'failed' or 'gone'"),
  note: v.nullable(text),
});

/**
 * A line as it is written, with its end, and without members that no line has.
 *
 * @param title the file, as it begins a sentence: `the journal '/var/lib/fourtuple/journal'`
 * @throws FourtupleError FT_JOURNAL where it could not be read again
 */
export function encodeLine(line: JournalLine, title: string): Buffer {
  return Buffer.from(`${JSON.stringify(checkLine(line, title, NOT_WRITTEN))}\n`);
}

/**
 * Reads a line, without its end. What is only shown may be printed afterwards: what would do something to a terminal has
 * been replaced.
 *
 * @param where the line, as it begins a sentence: `the journal '/var/lib/fourtuple/journal', line 3`
 * @throws FourtupleError FT_JOURNAL naming the first member that is missing or wrong, and its value
 */
export function parseLine(bytes: Buffer, where: string): JournalLine {
  if (bytes.length === 0) throw lineError(where, 'it is empty');
  if (!isUtf8(bytes)) throw lineError(where, 'it is no UTF-8 text');
  return checkLine(parseJson(bytes.toString('utf8'), where), where, MEND);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw lineError(where, `it is no JSON: ${excerpt((cause as SyntaxError).message)}`);
  }
}

function checkLine(json: unknown, where: string, hint: string): JournalLine {
  const has = (key: string): boolean => typeof json === 'object' && json !== null && key in json;
  if (has('entry') === has('closes')) throw lineError(where, 'it is neither an entry nor the closing of one', hint);
  const result = v.safeParse(has('entry') ? entryLine : closingLine, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  if (issue.path?.at(-1)?.key !== 'kind' || typeof issue.input !== 'string')
    throw lineError(where, describeIssue(issue), hint);
  const what = `entry ${(json as EntryLine).entry} has a change of kind ${excerpt(JSON.stringify(issue.input))}`;
  throw lineError(where, `${what}, which this version does not know`, NEWER_VERSION);
}

/** FT_JOURNAL for a line that cannot be made sense of. */
export function lineError(where: string, problem: string, hint: string = MEND): FourtupleError {
  return new FourtupleError('FT_JOURNAL', `${where}: ${problem}`, { hint });
}
