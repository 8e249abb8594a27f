import { isMap, type Node } from 'yaml';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { DEFAULT_TRAFFIC, type TrafficPattern } from '../topology.ts';
import { Fields } from './fields.ts';
import { COUNT, SHARE } from './values.ts';
import type { Kind, YamlFile } from './yaml-file.ts';

/** From midnight to midnight: a minute each at most. */
const [FEWEST_SHARES, MOST_SHARES] = [2, 1_440];
const SHARES = `${FEWEST_SHARES} to ${formatCount(MOST_SHARES)}`;

/** Reads `pattern`: a word, or a mapping of one parameter. */
export function readPattern(file: YamlFile, fields: Fields): TrafficPattern {
  const value = fields.value('pattern');
  if (!isMap(value)) return fields.read('pattern', PATTERN, DEFAULT_TRAFFIC.pattern);
  const parameters = new Fields(file, value, 'a pattern with a parameter', ['bursts', 'day']);
  if (!parameters.has('day')) return { kind: 'bursts', size: parameters.require('bursts', COUNT) ?? 1 };
  if (parameters.has('bursts')) {
    file.problems.report(parameters.offset, 'pattern has bursts and a day, one of them was expected');
  }
  return { kind: 'day', shares: readShares(file, parameters) };
}

const PATTERN: Kind<TrafficPattern> = {
  expected: 'constant, poisson, { bursts: 50 } or { day: [0.2, 0.1, 1, 0.6] }',
  read: (text) => (text === 'constant' || text === 'poisson' ? { kind: text } : undefined),
};

function readShares(file: YamlFile, fields: Fields): number[] {
  const items: readonly (Node | null)[] | undefined = fields.requireList('day', `a list of ${SHARES} shares`);
  if (items === undefined) return [];
  const at = fields.offsetOf('day');
  if (items.length < FEWEST_SHARES || items.length > MOST_SHARES) {
    file.problems.report(at, `day has ${plural(items.length, 'share')}, ${SHARES} were expected`);
    return [];
  }
  const shares = items.map((item) => file.read(item, at, 'a share of the day', SHARE));
  if (shares.every((share) => share === 0)) {
    file.problems.report(at, 'day has no share above 0, one at least was expected');
  }
  return shares.map((share) => share ?? 0);
}
