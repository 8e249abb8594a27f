import { formatRate } from '../../tcp/number-text.ts';
import type { SimulationRun, UsedByState } from '../simulation/simulated-tier.ts';

const STATES: readonly (readonly [keyof UsedByState, string])[] = [
  ['synSent', 'in SYN_SENT'],
  ['established', 'ESTABLISHED'],
  ['closing', 'closing'],
  ['timeWait', 'in TIME_WAIT'],
];

/** A state that has less of the used slots is not worth a word. */
const LEAST_SHARE = 0.01;

/**
 * Used slots by state, on average over all runs: `9.2 in SYN_SENT, 461 ESTABLISHED, 9.2 closing, 27,640 in TIME_WAIT`.
 *
 * @returns null where there is little but one state
 */
export function statesText(runs: readonly SimulationRun[]): string | null {
  const all = runs.reduce((sum, { meanUsed }) => sum + meanUsed, 0);
  const used = STATES.map(([state, text]) => {
    return { sum: runs.reduce((sum, { meanUsedByState }) => sum + meanUsedByState[state], 0), text };
  });
  const told = used.filter(({ sum }) => sum > 0 && sum >= LEAST_SHARE * all);
  if (told.length < 2) return null;
  return told.map(({ sum, text }) => `${formatRate(sum / runs.length)} ${text}`).join(', ');
}
