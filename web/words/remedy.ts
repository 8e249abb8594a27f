import type { RemedyJson } from '../agent/json.ts';
import { formatCount, formatRate } from './numbers.ts';

/** What a remedy gains, in few words: `61 times as many opens/s`. */
export function describeGain({ gain, slots, opensPerSecond, possible }: RemedyJson): string {
  if (!possible) return 'not possible here';
  if (gain === null) return 'no limit by ports any more';
  const times = gain < 1.005 ? 'no gain in numbers' : `${gain >= 10 ? formatCount(gain) : gain.toFixed(1)}×`;
  const figures = [
    ...(slots === null ? [] : [`${formatCount(slots)} slots`]),
    ...(opensPerSecond === null ? [] : [`${formatRate(opensPerSecond)} opens/s`]),
  ];
  return [times, ...figures].join(' · ');
}

/** Whether it is safe here, in a word. */
export function describeSafety({ safe }: RemedyJson): string {
  if (safe === null) return 'risk unknown';
  return safe ? 'safe here' : 'not safe here';
}

/** What is asked of a person. */
const EFFORTS: Readonly<Record<string, string>> = {
  command: 'one command',
  configuration: 'a change of configuration',
  network: 'a change of the network',
  code: 'a change of the program',
};

export function describeEffort({ effort }: RemedyJson): string {
  return EFFORTS[effort] ?? effort;
}

const PLACES: Readonly<Record<string, string>> = {
  shell: 'By hand',
  nginx: 'nginx.conf',
  haproxy: 'haproxy.cfg',
  envoy: 'Envoy',
  node: 'Node.js',
  c: 'In the program',
};

export function describePlace(where: string): string {
  return PLACES[where] ?? where;
}
