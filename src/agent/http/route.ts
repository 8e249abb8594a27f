import type { Buffer } from 'node:buffer';
import type * as v from 'valibot';
import type { Visit } from './guard.ts';
import { type QueryOf, readQuery } from './query.ts';

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** One path and what it answers. */
export interface Route {
  readonly path: string;
  /** The query parameters that it takes. */
  readonly parameters: readonly string[];
  /** @throws Refusal where it cannot be answered */
  readonly answer: (visit: Visit) => Answer | Promise<Answer>;
}

/** A route whose query is checked: what it does not take is refused. */
export function queried<E extends v.ObjectEntries>(
  path: string,
  entries: E,
  answer: (query: QueryOf<E>, visit: Visit) => Answer | Promise<Answer>,
): Route {
  const parameters = Object.keys(entries);
  return { path, parameters, answer: (visit) => answer(readQuery(entries, visit.query), visit) };
}
