import { formatShare } from '../../tcp/number-text.ts';
import type { PlanReport, TierAnswer } from '../answer.ts';
import { countText, multipleText, rateText } from './figure-text.ts';

/** More by less is told as a percentage. */
const NEARLY_TWICE = 0.8;

/** Which tier gives out first, and when: one sentence or two. */
export function headline(report: PlanReport): string {
  const tier = report.tiers.find(({ name }) => name === report.exhaustedFirst);
  if (tier === undefined) return 'No tier runs out of ports.';
  if (tier.opensPerSecond === null) {
    return `${tier.name} is exhausted first: it has slots for ${countText(tier.concurrency)} connections at once.`;
  }
  // What opens without a bound is no multiple of anything.
  if (tier.sustainableOpensPerSecond === null || !Number.isFinite(tier.opensPerSecond)) {
    return `${tier.name} has the fewest slots to spare, yet ports do not bound how fast it opens connections.`;
  }
  return `${tier.name} ${whenExhausted(tier, tier.opensPerSecond, tier.sustainableOpensPerSecond)}`;
}

function whenExhausted(tier: TierAnswer, present: number, sustainable: number): string {
  if (present > sustainable) {
    return `is exhausted: it opens ${rateText(present)}, and can sustain ${rateText(sustainable)}.`;
  }
  const at = `is exhausted first, when it opens ${rateText(sustainable)}`;
  if (present === 0) return `${at}. Now it opens nothing.`;
  const more = sustainable / present - 1;
  const distance =
    more < NEARLY_TWICE ? `${formatShare(more)} more than now` : `${multipleText(more + 1)} times as many as now`;
  return `${at}: ${distance} (${rateText(present)}, ${formatShare(tier.utilization)} of its slots).`;
}
