import type { FindingJson, LaneJson, Severity } from '../agent/json.ts';
import { formatEndpoint } from './lane-name.ts';
import { formatWait, plural } from './numbers.ts';
import { describeFullness, describeOutlook, fullness, OUTLOOK_UNKNOWN, type Standing, standingOf } from './outlook.ts';

/** The machine in one sentence. */
export interface Verdict {
  readonly severity: Severity | 'ok';
  readonly text: string;
}

const WORST_FIRST: readonly Standing[] = ['exhausted', 'filling', 'past-cliff', 'full', 'calm'];
const SEVERITIES = {
  exhausted: 'critical',
  filling: 'critical',
  'past-cliff': 'warning',
  full: 'warning',
  calm: 'ok',
} as const;

/** A lane, and the namespace that it is in where that is to be said. */
export interface JudgedLane {
  readonly lane: LaneJson;
  readonly namespace: string | null;
}

/**
 * @param lanes the fullest first
 * @param findings null before the first examination
 */
export function judge(lanes: readonly JudgedLane[], findings: readonly FindingJson[] | null): Verdict {
  const worst = findWorst(lanes);
  const standing = worst === null ? 'calm' : standingOf(worst.lane);
  if (worst !== null && standing !== 'calm') {
    const others = lanes.filter(({ lane }) => standingOf(lane) === standing).length - 1;
    const more = others === 0 ? '' : ` ${plural(others, 'more lane is', 'more lanes are')} like it.`;
    return { severity: SEVERITIES[standing], text: sentence(worst, standing) + more };
  }
  const grave = findings?.find(({ severity }) => severity !== 'info');
  if (grave !== undefined) return { severity: grave.severity, text: grave.summary };
  if (worst === null) return { severity: 'ok', text: 'No connection of this machine holds an ephemeral port now.' };
  const isKnown = lanes.every(({ lane }) => describeOutlook(lane) !== OUTLOOK_UNKNOWN);
  const start = isKnown ? 'Nothing runs out.' : 'Nothing is seen to run out.';
  const full = `${describeFullness(worst.lane)} full`;
  return { severity: 'ok', text: `${start} The fullest lane, ${nameOf(worst)}, is ${full}${calmOutlook(worst.lane)}.` };
}

function calmOutlook(lane: LaneJson): string {
  const outlook = describeOutlook(lane);
  if (outlook === OUTLOOK_UNKNOWN) return '; how fast it fills is not known';
  return outlook === 'no load seen' ? ', and nothing new opens' : `; ${outlook}`;
}

function sentence(judged: JudgedLane, standing: Exclude<Standing, 'calm'>): string {
  const { lane } = judged;
  const name = nameOf(judged);
  switch (standing) {
    case 'exhausted':
      return `${name} is exhausted: no slot is free, and connect() fails.`;
    case 'filling':
      return `${name} is ${describeFullness(lane)} full, and exhausted in ${formatWait(lane.secondsToExhaustion as number)}.`;
    case 'past-cliff':
      return `${name} is past the cliff: each connect() searches half of the ports in vain.`;
    case 'full':
      return `${name} is ${describeFullness(lane)} full; ${describeOutlook(lane)}.`;
  }
}

function findWorst(lanes: readonly JudgedLane[]): JudgedLane | null {
  let worst: JudgedLane | null = null;
  for (const judged of lanes) {
    if (worst === null || isWorse(judged.lane, worst.lane)) worst = judged;
  }
  return worst;
}

function isWorse(a: LaneJson, b: LaneJson): boolean {
  const [rankA, rankB] = [WORST_FIRST.indexOf(standingOf(a)), WORST_FIRST.indexOf(standingOf(b))];
  if (rankA !== rankB) return rankA < rankB;
  const soonest = (lane: LaneJson): number => lane.secondsToExhaustion ?? Number.POSITIVE_INFINITY;
  if (soonest(a) !== soonest(b)) return soonest(a) < soonest(b);
  return fullness(a) > fullness(b);
}

function nameOf({ lane: { source, destination, port }, namespace }: JudgedLane): string {
  return `${source} → ${formatEndpoint(destination, port)}${namespace === null ? '' : ` in ${namespace}`}`;
}
