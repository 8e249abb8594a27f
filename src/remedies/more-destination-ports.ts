import { destinationOf } from './configuration/ends.ts';
import { spreadOverDestinations } from './configuration/spread.ts';
import { doubleLanes } from './double-lanes.ts';
import type { Remedy } from './remedy.ts';

/** Connecting to two ports of the backend instead of one: twice the lanes. */
export const moreDestinationPorts: Remedy = {
  id: 'more-destination-ports',
  title: 'Spread connections over one more destination port',
  effort: 'configuration',
  missing: () => [],
  safety: ({ lane }) => ({
    safe: true,
    reason: `connections are spread and otherwise as before; ${lane.destination} must listen on one more port`,
  }),
  predict: doubleLanes,
  byHand: ({ lane }) => spreadOverDestinations(lane, { ...destinationOf(lane), port: 'NEW_PORT' }),
};
