import { TcpSocket } from '../../linux/tcp-socket.ts';
import type { Machine } from '../../remedies/machine.ts';
import { describePorts, reserveListeners, unreservedListeners } from '../../remedies/reserve-listeners.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { modelSlots } from '../../tcp/lane-model.ts';
import { plural } from '../../tcp/number-text.ts';
import { formatRange, inRange } from '../../tcp/port-range.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { addAddress } from '../links.ts';
import { fillLane } from '../load/holders.ts';
import { Server, socketAddress, type WayOptions } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_REFUSES } from './evidence.ts';
import { chooseSearch, laneOf } from './lane-case.ts';
import { makeChanges } from './make-changes.ts';
import { HERE, PORT } from './places.ts';

/** They listen on every address, as most do. */
const ANYWHERE = '0.0.0.0';
const SERVICES = 3;

/** A host whose services listen inside the range, and are stopped while clients fill a lane. */
interface Case {
  readonly host: Host;
  readonly services: readonly Server[];
}

interface StatedCase extends Case {
  readonly slots: Stated;
  readonly refusals: Stated;
}

/** Services are stopped, a lane is filled, the services are started again: as it is, and with their ports reserved. */
export const reserveListenersExperiment: Experiment = {
  name: 'reserve-listeners',
  question: 'Can a service that listens inside the range be restarted while clients take its port?',
  remedies: [reserveListeners.id],
  programs: [],
  seconds: 1,
  pace: 'waiting',
  open: async (stage) => {
    const [asItIs, reserved] = [openCase(stage, 'unreserved'), openCase(stage, 'reserved')];
    return { subject: asItIs.host, run: () => run(stage, asItIs, reserved) };
  },
};

function openCase(stage: Stage, name: string): Case {
  const host = stage.host(name);
  addAddress(host, 'lo', HERE);
  const ports = Array.from({ length: SERVICES }, (_, index) => stage.range.low + 1 + index);
  return { host, services: ports.map((port) => new Server(host, ANYWHERE, port)) };
}

async function run(stage: Stage, asItIs: Case, reserved: Case): Promise<void> {
  const machine = await machineOfHost(reserved.host);
  const lane = reserveListeners.predict(laneOf(machine), machine);
  stage.note(`Reserved: ${makeChanges(reserved.host, reserveListeners, machine)}.`);
  const before = await stateAsItIs(stage, asItIs);
  const after = stateReserved(stage, reserved, modelSlots(lane), await machineOfHost(reserved.host));
  const search = chooseSearch(stage, machine);
  for (const one of [before, after]) await measure(stage, one, search);
}

/** While they are stopped connect() gives out their ports too. */
async function stateAsItIs(stage: Stage, one: Case): Promise<StatedCase> {
  const machine = await machineOfHost(one.host);
  const listening = machine.listening.filter((port) => !inRange(machine.range, port));
  return {
    ...one,
    slots: stage.predict({
      what: `slots while ${SERVICES} services are stopped`,
      unit: 'slots',
      predicted: modelSlots(laneOf({ ...machine, listening })),
      tolerance: { kind: 'exact' },
      basis: `ports ${formatRange(machine.range)}, those of the services among them`,
    }),
    refusals: stateRefusals(stage, machine, ''),
  };
}

function stateReserved(stage: Stage, one: Case, slots: number, machine: Machine): StatedCase {
  return {
    ...one,
    slots: stage.predict({
      what: 'slots with the ports of the services reserved',
      unit: 'slots',
      predicted: slots,
      tolerance: { kind: 'exact' },
      basis: `as many as while they listen: ports ${formatRange(machine.range)} − ${plural(SERVICES, 'service')}`,
    }),
    refusals: stateRefusals(stage, machine, ', reserved'),
  };
}

/** A full lane has each port that connect() may give out. */
function stateRefusals(stage: Stage, machine: Machine, how: string): Stated {
  const exposed = unreservedListeners(machine, machine.range);
  return stage.predict({
    what: `services that cannot be started again${how}`,
    unit: '',
    predicted: exposed.length,
    tolerance: { kind: 'exact' },
    basis:
      exposed.length === 0
        ? 'connect() gives out none of their ports'
        : `connect() gives out ${describePorts(exposed)}`,
  });
}

async function measure(
  stage: Stage,
  { host, services, slots, refusals }: StatedCase,
  search: WayOptions,
): Promise<void> {
  stage.progress(`filling a lane of ${host.name}`);
  for (const { listener } of services) listener.close();
  const { taken, release } = await fillLane(host, new Server(host, HERE, PORT), search);
  slots.measure(taken, KERNEL_REFUSES);
  refusals.measure(
    services.filter((service) => !canStart(host, service)).length,
    'bind() of each service: EADDRINUSE, or none',
  );
  release();
}

/** @throws FourtupleError FT_KERNEL where bind() fails for another reason than a connection on its port */
function canStart(host: Host, { address, port }: Server): boolean {
  const at = socketAddress(address, port);
  const socket = host.inside(() => TcpSocket.open(at)).reuseAddress();
  const failure = socket.bind(at);
  socket.close();
  if (failure === null || failure === 'EADDRINUSE') return failure === null;
  throw new FourtupleError('FT_KERNEL', `bind to port ${port}: ${failure}`);
}
