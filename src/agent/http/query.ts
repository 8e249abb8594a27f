import * as v from 'valibot';
import { excerpt } from '../../linux/printable.ts';
import { nearNames } from '../../tcp/near-names.ts';
import { EXAMPLES } from './query-values.ts';
import { Refusal } from './refusal.ts';

/** What a query is once it has been read. */
export type QueryOf<E extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<E, undefined>>;

/**
 * Checks a query, names and values.
 *
 * @param entries the parameters; a message of theirs completes `port is 'x', which is not …`
 * @throws Refusal 400 naming the parameter and its value, and what to write
 */
export function readQuery<E extends v.ObjectEntries>(
  entries: E,
  query: readonly (readonly [name: string, value: string])[],
): QueryOf<E> {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    if (!Object.hasOwn(entries, name)) throw unknownParameter(name, Object.keys(entries));
    if (given.has(name)) throw wrongParameter(`${name} is given twice`, `Write ${name} once.`);
    given.set(name, value);
  }
  const result = v.safeParse(v.object(entries), Object.fromEntries(given));
  if (result.success) return result.output;
  const [{ path, input, message }] = result.issues;
  const name = String(path?.[0].key);
  const hint = `Write ${name}=${EXAMPLES[name]}.`;
  if (!given.has(name)) throw wrongParameter(`${name} is missing`, hint);
  throw wrongParameter(`${name} is '${excerpt(String(input))}', which is not ${message}`, hint);
}

/** @param message names the parameter and what is wrong with it */
export function wrongParameter(message: string, hint: string): Refusal {
  return new Refusal('parameter', message, { hint });
}

/** Its value may be a secret that was meant for another place: it is not repeated. */
function unknownParameter(name: string, known: readonly string[]): Refusal {
  const hint =
    known.length === 0
      ? 'This path takes no parameters.'
      : `Did you mean ${nearNames(name.slice(0, 40), known, 1)[0]}? This path takes ${known.join(', ')}.`;
  return wrongParameter(`there is no parameter '${excerpt(name)}'`, hint);
}
