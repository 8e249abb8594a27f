import { excerpt } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { LANE_LABELS } from './labels.ts';

const MATCHER = /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*(?:,|$)/y;

/**
 * Reads label matchers as PromQL writes them between its braces, with or without these: `job="proxies", dc=~"eu|us"`. They
 * go into every query, so only labels will do that all series of a machine have.
 *
 * @returns the matchers one by one
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseMatchers(text: string): string[] {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? text;
  const matchers: string[] = [];
  MATCHER.lastIndex = 0;
  for (let end = 0; end < inner.trimEnd().length; end = MATCHER.lastIndex) {
    const [, label = '', operator = '', value = ''] = MATCHER.exec(inner) ?? [];
    if (label === '') throw notMatchers(text);
    if (LANE_LABELS.includes(label) || label === '__name__') {
      throw new FourtupleError('FT_ARGUMENT', `'${label}' tells lanes apart, not machines`, {
        hint: 'Match labels that every series of a machine has: job, instance, or what your Prometheus adds.',
      });
    }
    matchers.push(`${label}${operator}${value}`);
  }
  if (matchers.length === 0) throw notMatchers(text);
  return matchers;
}

function notMatchers(text: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `'${excerpt(text)}' is no list of label matchers`, {
    hint: 'Write --match \'job="proxies"\', or several with commas between.',
  });
}
