import { answerTier } from '../../plan/tier-answer.ts';
import type { Tier } from '../../plan/topology.ts';
import { bindAddressNoPort } from '../../remedies/bind-address-no-port.ts';
import type { Machine } from '../../remedies/machine.ts';
import { modelSlots } from '../../tcp/lane-model.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { formatRange } from '../../tcp/port-range.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { MANY_PORTS } from '../lane-ranges.ts';
import { addAddress } from '../links.ts';
import { fillLane } from '../load/holders.ts';
import { Server, type WayOptions } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { KERNEL_REFUSES, KERNEL_REFUSES_TO_BIND } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';

/** Slots do not depend on it. */
const REFUSAL_PROBABILITY = 0.001;

/** Two lanes of one source are filled, one after the other: bound before connect, and with the port left to connect(). */
export const bindAddressNoPortExperiment: Experiment = {
  name: 'bind-address-no-port',
  question: 'How many connections do two lanes of one source address hold where sockets are bound before they connect?',
  remedies: [bindAddressNoPort.id],
  programs: [],
  seconds: 2,
  pace: 'waiting',
  open: async (stage) => {
    const host = stage.host('client');
    addAddress(host, 'lo', HERE);
    // Of more ports, each bind() takes milliseconds when many are taken.
    narrowRange(host, stage.range, MANY_PORTS);
    return { subject: host, run: () => run(stage, host) };
  },
};

async function run(stage: Stage, host: Host): Promise<void> {
  const machine = await machineOfHost(host);
  const servers = [new Server(host, HERE, PORT), new Server(host, HERE, PORT + 1)];
  const ports = `ports ${formatRange(machine.range)}`;
  const shared = stage.predict({
    what: 'slots of both lanes together, bound before connect',
    unit: 'slots',
    predicted: answerTier(boundBefore(machine), REFUSAL_PROBABILITY).concurrency,
    tolerance: { kind: 'exact' },
    basis: `${ports}, once for their source address`,
  });
  const all = laneOf(machine);
  // What is left to the second lane when the first one has taken all that they share.
  const own = [all, { ...all, slotsPerLane: 0 }].map((model, index) =>
    stage.predict({
      what: `slots of the ${ORDINALS[index]} lane, with IP_BIND_ADDRESS_NO_PORT`,
      unit: 'slots',
      predicted: modelSlots(bindAddressNoPort.predict(model, machine)),
      tolerance: { kind: 'exact' },
      basis: `${ports}, for each lane`,
    }),
  );

  const bound = await fillAll(stage, host, servers, { from: HERE, isBoundBefore: true });
  shared.measure(
    bound.reduce((sum, taken) => sum + taken, 0),
    KERNEL_REFUSES_TO_BIND,
  );
  stage.note(
    `Bound before connect, the first lane has got ${plural(bound[0] ?? 0, 'slot')}, the second ${formatCount(bound[1] ?? 0)}.`,
  );
  const free = await fillAll(stage, host, servers, { from: HERE });
  for (const [index, taken] of free.entries()) own[index]?.measure(taken, KERNEL_REFUSES);
}

/** One source, two destinations, as a plan has it. */
function boundBefore(machine: Machine): Tier {
  return {
    ...{ name: 'client → servers', via: null, traffic: null },
    from: { name: 'client', hosts: 1, addresses: 1 },
    to: { name: 'servers', hosts: 1, addresses: 1, ports: 2 },
    settings: { ...machine, boundBeforeConnect: true, reuseDelaySeconds: null },
  };
}

const ORDINALS = ['first', 'second'];

/** @returns how many connections each lane has got; all of them are closed again */
async function fillAll(stage: Stage, host: Host, servers: readonly Server[], options: WayOptions): Promise<number[]> {
  const full = [];
  for (const server of servers) {
    stage.progress(`filling the lane to port ${server.port}`);
    full.push(await fillLane(host, server, options));
  }
  for (const { release } of full) release();
  return full.map(({ taken }) => taken);
}
