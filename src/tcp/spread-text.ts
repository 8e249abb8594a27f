import { formatRule, parseDestinationRules } from './destination-rule.ts';
import { formatEndpoints, parseEndpoint, parseEndpoints } from './endpoint.ts';
import { FourtupleError } from './error.ts';
import { formatEndpoint } from './lane.ts';
import type { Spread } from './spread.ts';
import { formatSources, parseSources } from './spread-source.ts';

/**
 * A spread in one line: `sources 10.0.0.10-10.0.0.17 to 10.0.1.9:8080`, or
 * `from 10.0.1.9:8080 over 10.0.1.9:8080-8083,10.0.1.10:8080-8083`.
 */
export function formatSpread(spread: Spread): string {
  if (spread.kind === 'sources')
    return `sources ${formatSources(spread.sources)} to ${spread.to.map(formatRule).join(',')}`;
  return `from ${formatEndpoint(spread.from.address, spread.from.port)} over ${formatEndpoints(spread.over)}`;
}

/**
 * Reads what {@link formatSpread} writes, without checking what it says (see `checkSpread`).
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong
 */
export function parseSpread(text: string): Spread {
  const match = /^(sources|from) (\S+) (to|over) (\S+)$/.exec(text.trim());
  const [, first, one = '', second, other = ''] = match ?? [];
  if (first === 'sources' && second === 'to') {
    return { kind: 'sources', sources: parseSources(one), to: parseDestinationRules([other]) };
  }
  if (first === 'from' && second === 'over') {
    return { kind: 'destinations', from: parseEndpoint(one), over: parseEndpoints(other) };
  }
  throw new FourtupleError('FT_ARGUMENT', `'${text.trim()}' does not say what to spread`, {
    hint: "Write 'sources 10.0.0.10-10.0.0.17 to 10.0.1.9:8080' or 'from 10.0.1.9:8080 over 10.0.1.9:8080-8083'.",
  });
}
