import { anotherAddress, destinationOf } from './configuration/ends.ts';
import { spreadOverDestinations } from './configuration/spread.ts';
import { doubleLanes } from './double-lanes.ts';
import type { Remedy } from './remedy.ts';

/** Connecting to two addresses of the backend instead of one: twice the lanes. */
export const moreDestinationAddresses: Remedy = {
  id: 'more-destination-addresses',
  title: 'Spread connections over one more destination address',
  effort: 'network',
  missing: () => [],
  safety: ({ lane }) => ({
    safe: true,
    reason: `connections are spread and otherwise as before; ${lane.destination} needs one more address, or a second backend`,
  }),
  predict: doubleLanes,
  byHand: ({ lane }) =>
    spreadOverDestinations(lane, { ...destinationOf(lane), address: anotherAddress(lane.destination) }),
};
