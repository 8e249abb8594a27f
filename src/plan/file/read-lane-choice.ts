import { isMap } from 'yaml';
import { DEFAULT_TRAFFIC, type LaneChoice } from '../topology.ts';
import { Fields } from './fields.ts';
import { KEYS } from './values.ts';
import type { Kind, YamlFile } from './yaml-file.ts';

/** Reads `lanes`: a word, or a mapping of one parameter. */
export function readLaneChoice(file: YamlFile, fields: Fields): LaneChoice {
  const value = fields.value('lanes');
  if (!isMap(value)) return fields.read('lanes', LANE_CHOICE, DEFAULT_TRAFFIC.laneChoice);
  const parameters = new Fields(file, value, 'a choice of lanes with a parameter', ['hash']);
  return { kind: 'hash', keys: parameters.require('hash', KEYS) ?? 1 };
}

const LANE_CHOICE: Kind<LaneChoice> = {
  expected: 'random, round-robin, least-used or { hash: 200 }',
  read: (text) => (text === 'random' || text === 'round-robin' || text === 'least-used' ? { kind: text } : undefined),
};
