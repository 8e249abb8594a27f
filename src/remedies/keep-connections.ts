import { formatCount } from '../tcp/number-text.ts';
import { type Destination, destinationOf, endpointText } from './configuration/ends.ts';
import * as envoy from './configuration/envoy.ts';
import * as haproxy from './configuration/haproxy.ts';
import * as nginx from './configuration/nginx.ts';
import * as node from './configuration/node.ts';
import { forProgram, placeOf } from './for-program.ts';
import type { Instruction } from './instruction.ts';
import type { LaneFacts, Remedy } from './remedy.ts';

/** nginx's own choice, and reserve enough for a lane that is nearly idle. */
const FEWEST_IDLE = 32;
/** Envoy's own limit of the connections to a cluster. */
const ENVOY_CONNECTIONS = 1_024;

/**
 * Keeping connections: a request takes one that is kept, and an open of the model is then a request. It holds a slot for
 * as long as it runs, and nothing afterwards; the idle connections kept between them are few.
 */
export const keepConnections: Remedy = {
  id: 'keep-connections',
  title: 'Keep connections open and use them again',
  effort: 'configuration',
  missing: () => [],
  safety: ({ lane }) => ({
    safe: true,
    reason: `no connection closes, so none is left in TIME_WAIT; about ${formatCount(idleConnections(lane))} idle ones hold as many of its ${formatCount(lane.slots)} slots`,
  }),
  predict: (model) => ({ ...model, afterCloseSeconds: 0 }),
  byHand: ({ lane }) => {
    const client = clientCommand(lane);
    return client === null ? configurations(lane) : [client];
  },
};

function configurations(lane: LaneFacts): Instruction[] {
  const idle = idleConnections(lane);
  // A version is the program's that opens the lane's connections, whichever that is.
  const nginxVersion = placeOf(lane) === 'nginx' ? (lane.program?.version ?? null) : null;
  const most = Math.max(1, Math.min(Math.max(ENVOY_CONNECTIONS, idle), Math.floor(lane.slots / 2)));
  return forProgram(lane, [
    nginx.keepConnections(lane, idle, nginxVersion),
    haproxy.keepConnections(lane),
    envoy.keepConnections(most),
    node.keepConnections(lane, idle),
  ]);
}

/**
 * Twice what runs at once, which is what is live (Little: opens per second × how long each lives); never more than a
 * quarter of the slots, since several workers may each keep as many.
 */
function idleConnections({ live, slots }: LaneFacts): number {
  const reserved = Math.ceil((2 * live) / FEWEST_IDLE) * FEWEST_IDLE;
  return Math.max(1, Math.min(Math.max(FEWEST_IDLE, reserved), Math.floor(slots / 4)));
}

/** Programs that make load, and how they are told to keep their connections. */
const CLIENTS: ReadonlyMap<string, (to: Destination) => Omit<Instruction, 'where'>> = new Map([
  [
    'redis-benchmark',
    ({ address, port }) => ({ text: `redis-benchmark -k 1 -h ${address} -p ${port}`, note: 'In place of -k 0.' }),
  ],
  [
    'ab',
    (to) => ({
      text: `ab -k -n REQUESTS -c CLIENTS http://${endpointText(to)}/PATH`,
      note: 'Without -k it opens a connection for each request.',
    }),
  ],
  [
    'wrk',
    (to) => ({
      text: `wrk http://${endpointText(to)}/PATH`,
      note: "It keeps its connections, unless -H 'Connection: close' is given or the server closes them.",
    }),
  ],
]);

function clientCommand(lane: LaneFacts): Instruction | null {
  const command = CLIENTS.get(lane.program?.name ?? '');
  return command === undefined ? null : { where: 'shell', ...command(destinationOf(lane)) };
}
