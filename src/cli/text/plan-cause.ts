import type { TierAnswer } from '../../plan/answer.ts';
import type { Tier } from '../../plan/topology.ts';
import { plural } from '../../tcp/number-text.ts';
import { formatTime } from './plan-figures.ts';

/** Whose slots end first, how many there are, and how long each is held. */
export function describeCause(answer: TierAnswer, tier: Tier | undefined): string {
  const room = describeRoom(answer, tier);
  const time = describeTime(answer, (tier?.traffic?.roundTripSeconds ?? 0) > 0);
  return time === null ? room : `${room}; ${time}`;
}

/** connect() gives slots lane by lane and has a cliff; what gives none of its own is a gateway, or bind(). */
function describeRoom({ lanes, slotsPerLane, cliffAt }: TierAnswer, tier: Tier | undefined): string {
  const slots = plural(slotsPerLane, 'slot');
  if (cliffAt !== null || tier === undefined) return `${plural(lanes, 'lane')} of ${slots}`;
  const { via, settings } = tier;
  if (via !== null && via.slotsPerLane === slotsPerLane) return `${plural(lanes, 'lane')} of ${slots} at ${via.title}`;
  return settings.boundBeforeConnect
    ? `${plural(lanes, 'source address', 'source addresses')} of ${slots}, which all lanes share, as sockets are bound before they connect`
    : `${plural(lanes, 'lane')} of ${slots}`;
}

/** null where no traffic is given. @param takesTrips to open and to close a connection takes time */
function describeTime({ holdSeconds, afterCloseSeconds }: TierAnswer, takesTrips: boolean): string | null {
  if (holdSeconds === null || afterCloseSeconds === null) return null;
  const life = takesTrips ? 'is opened, lives and is closed' : 'lives';
  const alive = holdSeconds === 0 ? null : `${formatTime(holdSeconds)} while its connection ${life}`;
  if (afterCloseSeconds === 0)
    return alive === null
      ? 'a slot is free as soon as its connection is closed'
      : `a slot is held for ${alive}, no longer`;
  const closed = alive === null ? 'its connection is closed' : takesTrips ? 'that' : 'that is closed';
  const after = `${formatTime(afterCloseSeconds)} after ${closed}`;
  return `a slot is held for ${alive === null ? after : `${alive}, and ${after}`}`;
}
