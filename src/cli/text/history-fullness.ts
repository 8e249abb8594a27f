import type { LaneSeries } from '../../agent/history/history.ts';
import { utilization } from '../../tcp/capacity.ts';
import { formatShare } from '../../tcp/number-text.ts';
import type { Screen } from './screen.ts';

/** How full a lane was in a row of its history at most, 0 to 1: what is not known to be reclaimable counts as held. */
export function fullnessIn({ slots, used, reclaimable }: LaneSeries, row: number): number {
  const [all, held] = [slots[row] as number, used[row] as number];
  return utilization(all, Math.max(0, all - held + (reclaimable[row] ?? 0)));
}

export function isKnownFull(lane: LaneSeries, row: number): boolean {
  return lane.reclaimable[row] !== null && fullnessIn(lane, row) >= 1;
}

/** `98.9%`; `≤98.9%` where some of what is held may be reclaimable. */
export function describeFullness(lane: LaneSeries, row: number, { unicode }: Screen): string {
  const share = formatShare(fullnessIn(lane, row));
  if (lane.reclaimable[row] !== null) return share;
  return (unicode ? '≤' : '<=') + (share.startsWith('>') ? '100%' : share.replace('<', ''));
}
