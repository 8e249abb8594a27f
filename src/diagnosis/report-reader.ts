import * as v from 'valibot';
import { textBytes } from '../census/capture/lines.ts';
import { describeIssue } from '../changes/schema-issue.ts';
import { excerpt } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Report } from './report.ts';
import { REPORT_SCHEMA } from './report-schema.ts';

const SCHEMA: Report['schema'] = 1;
const LONGEST_INDENTATION = 4096;
const TAKE_AGAIN = 'Take the report again: fourtuple status --json.';

/** Whether a text is meant to be a report: JSON, where captures are tables. */
export function isReport(text: Uint8Array | string): boolean {
  const start = typeof text === 'string' ? text.slice(0, LONGEST_INDENTATION) : startOf(text);
  return /^\ufeff?\s*\{/.test(start);
}

/**
 * Reads a report as `status --json` prints it. Its texts may be printed: what would do something to a terminal has been
 * replaced.
 *
 * @param name what to call it in messages: the file's name
 * @throws FourtupleError FT_REPORT where it is no JSON, has another schema, or a member of the wrong kind: the message
 *   names the first one by its path
 */
export function readReport(text: Uint8Array | string, name: string): Report {
  const title = excerpt(name);
  const json = parse(typeof text === 'string' ? text.replace(/^\ufeff/, '') : textBytes(text).toString('utf8'), title);
  checkSchemaNumber(json, title);
  const result = v.safeParse(REPORT_SCHEMA, json, { abortEarly: true });
  if (!result.success)
    throw new FourtupleError('FT_REPORT', `${title}: ${describeIssue(result.issues[0])}`, { hint: TAKE_AGAIN });
  return result.output;
}

function startOf(bytes: Uint8Array): string {
  return textBytes(bytes.subarray(0, LONGEST_INDENTATION)).toString('utf8');
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    const position = /at position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? '' : `, line ${text.slice(0, Number(position)).split('\n').length}`;
    throw new FourtupleError('FT_REPORT', `${name}${line}: this is no whole JSON: ${excerpt(message)}`, {
      hint: TAKE_AGAIN,
      cause,
    });
  }
}

function checkSchemaNumber(json: unknown, name: string): void {
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema === SCHEMA) return;
  if (typeof schema !== 'number') {
    throw new FourtupleError('FT_REPORT', `${name} is no report: it has no schema number`, { hint: TAKE_AGAIN });
  }
  throw new FourtupleError('FT_REPORT', `${name} has schema ${schema}, and this program reads schema ${SCHEMA}`, {
    hint: 'Read it with the version of fourtuple that wrote it, or a newer one.',
  });
}
