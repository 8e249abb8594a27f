import { anotherAddress } from './configuration/ends.ts';
import * as envoy from './configuration/envoy.ts';
import * as haproxy from './configuration/haproxy.ts';
import * as nginx from './configuration/nginx.ts';
import * as node from './configuration/node.ts';
import { doubleLanes } from './double-lanes.ts';
import { forProgram } from './for-program.ts';
import type { Instruction } from './instruction.ts';
import { missingNetAdmin } from './missing.ts';
import type { Remedy, Situation } from './remedy.ts';

const MOST_CONFIGURATIONS = 3;

/** Connecting from two addresses instead of one: twice the lanes. */
export const moreSourceAddresses: Remedy = {
  id: 'more-source-addresses',
  title: 'Connect from one more source address',
  effort: 'network',
  missing: (machine) => missingNetAdmin(machine, 'adding an address'),
  safety: ({ lane }) => ({
    safe: true,
    reason: `connections are spread and otherwise as before; ${lane.destination} must let the new address in, and know the way back to it`,
  }),
  predict: doubleLanes,
  byHand: (situation) => {
    const { lane } = situation;
    const configurations = forProgram(lane, [
      nginx.spreadOverSources(lane),
      haproxy.spreadOverSources(lane),
      node.spreadOverSources(lane),
      envoy.spreadOverSources(lane),
    ]);
    return [...newAddress(situation), ...configurations.slice(0, MOST_CONFIGURATIONS)];
  },
};

/** Loopback has all of its addresses already. */
function newAddress({ lane, machine: { commandPrefix } }: Situation): Instruction[] {
  const address = anotherAddress(lane.source);
  if (!/^[A-Z_]+$/.test(address)) return [];
  return [
    {
      where: 'shell',
      text: `${commandPrefix} ip address add ${address}/PREFIX dev DEVICE`.trim(),
      note: 'Until the next boot: what configures the network must have it to keep it.',
    },
  ];
}
