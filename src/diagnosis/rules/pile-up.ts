import type { Severity } from '../report.ts';

const MANY_SOCKETS = 100;
const MANY_OF_FEW_SLOTS = 0.05;
const FEWEST_SOCKETS = 10;
const MOST_OF_A_LANE = 0.5;

/** How many sockets of one lane in a state that should pass are a pile-up: 100, or 5 % of its slots where it has few. */
export function pileUpFrom(slots: number): number {
  return Math.max(FEWEST_SOCKETS, Math.min(MANY_SOCKETS, MANY_OF_FEW_SLOTS * slots));
}

/** What share of a lane's slots some sockets hold, 0 to 1. */
export function shareOfSlots(sockets: number, slots: number): number {
  return slots <= sockets ? 1 : sockets / slots;
}

/** A pile-up is critical where it holds half of the lane. */
export function pileUpSeverity(share: number): Severity {
  return share >= MOST_OF_A_LANE ? 'critical' : 'warning';
}
