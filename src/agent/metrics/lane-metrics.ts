import type { LaneSample, OtherLanes } from '../sample.ts';
import type { MetricDefinition, Series } from './metric.ts';
import { LANE_LABELS, type Scrape } from './scrape.ts';

type Read = MetricDefinition['read'];
type LaneRead = (lane: LaneSample) => number | null;
type OtherRead = (other: OtherLanes) => number | null;

/** Of the lanes that are listed and, where a sum over the others says something, of those too. */
export const LANE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'fourtuple_lane_slots',
    kind: 'gauge',
    help: 'Slots of a lane: how many connections it has room for. As of the last sample, like all that is told of lanes; the fullest lanes of each namespace have series of their own, all others are summed with source, destination and port other.',
    labels: LANE_LABELS,
    read: each(
      ({ slots }) => slots,
      ({ slots }) => slots,
    ),
  },
  {
    name: 'fourtuple_lane_used_slots',
    kind: 'gauge',
    help: 'Slots of a lane that are held, by the state of the socket; states that hold none are left out, and all of them together are the used slots. What is summed as other has TIME_WAIT, and other for all else.',
    labels: [...LANE_LABELS, 'state'],
    *read({ namespaces }) {
      for (const { labelledLanes, labelledOther } of namespaces) {
        for (const { of, labels } of labelledLanes) {
          for (const [state, value] of Object.entries(of.states)) yield { value, of: labels, labels: { state } };
        }
        const { of, labels } = labelledOther;
        yield { value: of.timeWait, of: labels, labels: { state: 'TIME_WAIT' } };
        yield { value: of.used - of.timeWait, of: labels, labels: { state: 'other' } };
      }
    },
  },
  {
    name: 'fourtuple_lane_reclaimable_slots',
    kind: 'gauge',
    help: 'Used slots of a lane in TIME_WAIT that connect() may take over at once (tcp_tw_reuse); absent where that is not known.',
    labels: LANE_LABELS,
    read: each(
      ({ reclaimable }) => reclaimable,
      ({ reclaimable }) => reclaimable,
    ),
  },
  {
    name: 'fourtuple_lane_free_slots',
    kind: 'gauge',
    help: 'Slots of a lane that connect() can take: slots, less used, plus reclaimable; absent where that is not known.',
    labels: LANE_LABELS,
    read: each(
      ({ free }) => free,
      ({ slots, used, reclaimable }) => (reclaimable === null ? null : slots - used + reclaimable),
    ),
  },
  {
    name: 'fourtuple_lane_cliff_slots',
    kind: 'gauge',
    help: 'How many used slots of a lane make the cliff, from where each connect() is slow; absent where it has none.',
    labels: LANE_LABELS,
    read: each(({ cliffAt }) => cliffAt),
  },
  {
    name: 'fourtuple_lane_opens_per_second',
    kind: 'gauge',
    help: 'New connections of a lane per second; absent where that is not known.',
    labels: LANE_LABELS,
    read: each(({ opensPerSecond }) => opensPerSecond),
  },
  {
    name: 'fourtuple_lane_exhaustion_seconds',
    kind: 'gauge',
    help: 'Seconds from the last sample until no slot of a lane is free, with its present load: 0 where it is exhausted, +Inf where it settles before, absent where that is not known.',
    labels: LANE_LABELS,
    read: each(({ secondsToExhaustion, settlesAt }) => untilThen(secondsToExhaustion, settlesAt)),
  },
  {
    name: 'fourtuple_lane_cliff_seconds',
    kind: 'gauge',
    help: 'Seconds from the last sample until a lane comes to the cliff, with its present load: 0 where it is past it, +Inf where it settles before, absent where it has none or that is not known.',
    labels: LANE_LABELS,
    read: each(({ cliffAt, secondsToCliff, settlesAt }) =>
      cliffAt === null ? null : untilThen(secondsToCliff, settlesAt),
    ),
  },
  {
    name: 'fourtuple_lane_closes_total',
    kind: 'counter',
    help: 'Slots of a lane that were given up since the agent began; absent where closes are not counted. What happens while a lane is not listed counts for other.',
    labels: LANE_LABELS,
    read: each(
      ({ closes }) => closes,
      ({ closes }) => closes,
    ),
  },
  {
    name: 'fourtuple_lane_refused_connects_total',
    kind: 'counter',
    help: 'Calls of connect() on a lane that found no port (EADDRNOTAVAIL) since the agent began; absent where they are not counted. What happens while a lane is not listed counts for other.',
    labels: LANE_LABELS,
    read: each(
      ({ refusedConnects }) => refusedConnects,
      ({ refusedConnects }) => refusedConnects,
    ),
  },
];

function each(ofLane: LaneRead, ofOther?: OtherRead): Read {
  return function* read({ namespaces }: Scrape): Iterable<Series> {
    for (const { labelledLanes, labelledOther } of namespaces) {
      for (const { of, labels } of labelledLanes) yield { value: ofLane(of), of: labels };
      if (ofOther !== undefined) yield { value: ofOther(labelledOther.of), of: labelledOther.labels };
    }
  };
}

function untilThen(seconds: number | null, settlesAt: number | null): number | null {
  return seconds ?? (settlesAt === null ? null : Number.POSITIVE_INFINITY);
}
