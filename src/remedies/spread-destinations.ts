import { destinationOf, endpointText } from './configuration/ends.ts';
import { doubleLanes } from './double-lanes.ts';
import type { Remedy } from './remedy.ts';
import { forShell, missingSpread, spreadCommand, unspreadable } from './spread-command.ts';

/**
 * Connecting to several equal destinations where the program knows of one: the kernel asks a program of ours at each
 * connect() of the cgroup, and at each getpeername() (`BPF_CGROUP_INET4_GETPEERNAME`). With one more it makes twice the lanes.
 */
export const spreadDestinations: Remedy = {
  id: 'spread-destinations',
  title: 'Spread connections over more equal destinations without touching the program (eBPF)',
  effort: 'network',
  missing: (machine) => missingSpread(machine, 'choosing the destination at connect()'),
  safety: ({ lane }) =>
    unspreadable(lane) ?? {
      safe: true,
      reason: `connections are spread and otherwise as before, for getpeername() too; what is given besides ${lane.destination} must serve the same`,
    },
  predict: doubleLanes,
  byHand: (situation) => {
    const from = destinationOf(situation.lane);
    const over = [from, { ...from, port: 'NEW_PORT' }].map(endpointText).join(',');
    return spreadCommand(spreadDestinations, situation, {
      what: [
        ['from', forShell(endpointText(from))],
        ['over', forShell(over)],
      ],
      note: 'It may be other addresses as well, and ranges: 10.0.1.9:8080-8083,10.0.1.10:8080-8083.',
    });
  },
  spreads: 'destinations',
};
