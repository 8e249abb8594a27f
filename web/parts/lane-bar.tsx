import type { JSX } from 'preact';
import type { LaneJson } from '../agent/json.ts';
import { formatCount } from '../words/numbers.ts';

/** What holds the slots, from the left: each layer covers the end of the one below it. */
export function LaneBar({ lane }: { lane: LaneJson }): JSX.Element {
  const { slots, used, live, reclaimable, cliffAt, states } = lane;
  const timeWait = states.TIME_WAIT ?? 0;
  const orphans = Math.max(0, used - live - timeWait);
  const share = (count: number): number => (slots === 0 ? 1 : Math.min(1, Math.max(0, count / slots)));
  return (
    <div class="bar" role="img" aria-label={describe(lane)}>
      <div class="bar-fill bar-reclaimable" style={clip(share(used))} />
      <div class="bar-fill bar-wait" style={clip(share(used - (reclaimable ?? 0)))} />
      <div class="bar-fill bar-orphan" style={clip(share(live + orphans))} />
      <div class="bar-fill bar-live" style={clip(share(live))} />
      {cliffAt !== null && cliffAt < slots && <div class="bar-cliff" style={{ left: `${100 * share(cliffAt)}%` }} />}
    </div>
  );
}

function clip(share: number): { clipPath: string } {
  return { clipPath: `inset(0 ${(100 - 100 * share).toFixed(2)}% 0 0)` };
}

function describe({ slots, used, live, reclaimable, cliffAt, states }: LaneJson): string {
  const parts = [
    `${formatCount(used)} of ${formatCount(slots)} slots used`,
    `${formatCount(live)} live`,
    `${formatCount(states.TIME_WAIT ?? 0)} in TIME_WAIT`,
    ...(reclaimable === 0 ? [] : [`reclaimable: ${formatCount(reclaimable)}`]),
    ...(cliffAt === null ? [] : [`cliff at ${formatCount(cliffAt)}`]),
  ];
  return parts.join(', ');
}
