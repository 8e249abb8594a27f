import type { BaseIssue } from 'valibot';
import { excerpt } from '../linux/printable.ts';

/** Which member of a JSON value is missing or wrong, by its path, and what it is: `changes[0].to is 7, which is not a text`. */
export function describeIssue({ path, input, message }: BaseIssue<unknown>): string {
  const steps = (path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  const member = excerpt(steps.join('').replace(/^\./, ''));
  // JSON has no undefined: the member is not there.
  return input === undefined ? `${member} is missing` : `${member} is ${describeValue(input)}, which is not ${message}`;
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return excerpt(typeof value === 'string' ? JSON.stringify(value) : String(value));
}
