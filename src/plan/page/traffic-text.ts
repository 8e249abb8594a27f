import { formatCount, formatRate, formatShare, plural } from '../../tcp/number-text.ts';
import type { TierAnswer } from '../answer.ts';
import type { LaneChoice, Traffic, TrafficPattern } from '../topology.ts';

/**
 * What was said of a tier's traffic beside rate and times, a part of a sentence each: nothing of what is as it is where
 * nobody says anything.
 */
export function trafficTexts(traffic: Traffic, answer: TierAnswer): string[] {
  const { pattern, laneChoice, retries } = traffic;
  return [
    ...patternTexts(pattern, answer),
    ...(traffic.keptPerLane === 0 ? [] : [keptText(answer)]),
    ...laneChoiceTexts(laneChoice),
    ...(retries === 0 ? [] : [`${plural(retries, 'retry', 'retries')} where a lane is full`]),
  ];
}

function patternTexts(pattern: TrafficPattern, { requestsPerSecond }: TierAnswer): string[] {
  switch (pattern.kind) {
    case 'poisson':
      return [];
    case 'constant':
      return ['requests come evenly'];
    case 'bursts':
      return [`requests come ${formatCount(pattern.size)} at once`];
    case 'day':
      return [`all figures are for the peak of the day, ${formatRate(requestsPerSecond)} requests/s`];
  }
}

/** Of no requests at all none is carried. */
function keptText({ keptConnections, keptShare, requestsPerSecond }: TierAnswer): string {
  const kept = plural(keptConnections ?? 0, 'connection');
  if ((requestsPerSecond ?? 0) === 0) return `${kept} kept open`;
  return `${kept} kept open for ${formatShare(keptShare)} of ${formatRate(requestsPerSecond)} requests/s`;
}

function laneChoiceTexts(choice: LaneChoice): string[] {
  switch (choice.kind) {
    case 'random':
      return [];
    case 'round-robin':
      return ['lanes in turn'];
    case 'least-used':
      return ['the least used lane first'];
    case 'hash':
      return [`lanes by hash of ${plural(choice.keys, 'key')}, taken as evenly spread`];
  }
}
