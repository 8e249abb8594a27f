import type { Census } from '../census/census.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatLane } from '../tcp/lane.ts';
import { formatLanePattern, type LanePattern } from '../tcp/lane-pattern.ts';
import { plural } from '../tcp/number-text.ts';

const LANES_NAMED = 3;

/** The error where no lane of a census matches: it names the fullest there are. */
export function noSuchLane(pattern: LanePattern, census: Census): FourtupleError {
  const lanes = census.fullest(LANES_NAMED).map(formatLane);
  const more = census.laneCount - lanes.length;
  const there = more > 0 ? `${lanes.join(', ')} and ${plural(more, 'more', 'more')}` : lanes.join(', ');
  const message = `no lane matches ${formatLanePattern(pattern)}: there ${lanes.length === 0 ? 'is none' : `are ${there}`}`;
  return new FourtupleError('FT_ARGUMENT', message, { hint: '`fourtuple` lists the lanes, the fullest first.' });
}
