import { Refusal } from './refusal.ts';

/** What a request asks for. */
export interface Target {
  readonly path: string;
  /** In their order, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

// All paths there are consist of these. What is encoded, has dot segments, empty segments or backslashes is none of them.
const PATH = /^\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$/;

/**
 * Reads the target of a request, as it stands in its first line.
 *
 * @throws Refusal 400 for what is no path, 404 for a path that cannot be one of ours, 414 for one that is too long
 */
export function readTarget(text: string, mostBytes: number): Target {
  if (text.length > mostBytes) {
    throw new Refusal('too-long', `the path and query are ${text.length} bytes long, more than ${mostBytes}`, {
      closes: true,
    });
  }
  if (!text.startsWith('/')) {
    throw new Refusal('bad-request', 'what is asked for is not a path', {
      hint: 'Ask for a path, like /api/report.',
    });
  }
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  if (!PATH.test(path)) throw notFound();
  return { path, query: mark < 0 ? [] : [...new URLSearchParams(text.slice(mark + 1))] };
}

export function notFound(): Refusal {
  return new Refusal('not-found', 'there is nothing at this path', {
    hint: 'What there is: /, /metrics, /healthz, /api/report, /api/history, /api/ports, /api/events.',
  });
}
