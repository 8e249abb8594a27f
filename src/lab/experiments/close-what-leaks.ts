import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpSocket } from '../../linux/tcp-socket.ts';
import { closeWhatLeaks } from '../../remedies/close-what-leaks.ts';
import type { Machine } from '../../remedies/machine.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { type LaneModel, modelMeanUsed, modelSlots, modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatSeconds } from '../../tcp/number-text.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { socketsOf } from '../kernel-counts.ts';
import { openBothEnds } from '../load/both-ends.ts';
import { holdUntilRefused } from '../load/fill.ts';
import { Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { awaitClosed, CLIENT, type ClientAndServer, openClientAndServer, SERVER } from './client-and-server.ts';
import { KERNEL_COUNTS_TIME_WAIT, KERNEL_REFUSES } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { PORT } from './places.ts';
import { situationOf } from './situation-of.ts';

const PORTS = 500;
const WATCHED_SECONDS = 3;
const TRIES = 30;

/** The server closes, the client does not (CLOSE_WAIT): what is left of the lane, and how soon it comes back. */
export const closeWhatLeaksExperiment: Experiment = {
  name: 'close-what-leaks',
  question: 'How long do connections hold their slots that only the other end has closed?',
  remedies: [closeWhatLeaks.id],
  programs: ['ss'],
  seconds: 4,
  pace: 'waiting',
  open: async (stage) => {
    const hosts = openClientAndServer(stage, PORTS);
    return { subject: hosts.client, run: () => run(stage, hosts) };
  },
};

async function run(stage: Stage, { client, server }: ClientAndServer): Promise<void> {
  const machine = await machineOfHost(client);
  // The other end closes first, and has the TIME_WAIT.
  const lane = { ...laneOf(machine), holdSeconds: Number.POSITIVE_INFINITY, afterCloseSeconds: 0 };
  const leaking = stateLeaking(stage, lane);
  const closed = stateClosed(stage, closeWhatLeaks.predict(lane, machine));

  stage.progress('leaking connections');
  const way = new Way(server);
  const leaks = leakAll(client, way);
  leaking.slots.measure(leaks.length, KERNEL_REFUSES);
  const command = listLeaks(lane, machine);
  leaking.listed.measure(linesOf(client, command), command);
  stage.progress('waiting for slots that do not come back', { isIdle: true });
  leaking.opens.measure(await tryFor(client, way), `connect() tried ${TRIES} times: EADDRNOTAVAIL`);
  for (const socket of leaks) socket.close();
  await awaitClosed(client);
  closed.timeWait.measure(socketsOf(client).timeWait, KERNEL_COUNTS_TIME_WAIT);
  closed.free.measure(holdUntilRefused(client, way).sockets.length, KERNEL_REFUSES);
}

function stateLeaking(stage: Stage, lane: LaneModel): Readonly<Record<'slots' | 'listed' | 'opens', Stated>> {
  return {
    slots: stage.predict({
      what: 'connections that leak until one is refused',
      unit: 'slots',
      predicted: modelSlots(lane),
      tolerance: { kind: 'exact' },
      basis: 'each holds its slot while the client does not close',
    }),
    listed: stage.predict({
      what: 'of them in CLOSE_WAIT',
      unit: '',
      predicted: modelSlots(lane),
      tolerance: { kind: 'exact' },
      basis: 'the server has closed each of them',
    }),
    opens: stage.predict({
      what: `connections that are granted in the ${formatSeconds(WATCHED_SECONDS)} after`,
      unit: '',
      predicted: modelSustainableOpensPerSecond(lane) * WATCHED_SECONDS,
      tolerance: { kind: 'exact' },
      basis: 'none of them ever ends by itself',
    }),
  };
}

function stateClosed(stage: Stage, lane: LaneModel): Readonly<Record<'free' | 'timeWait', Stated>> {
  const slots = modelSlots(lane);
  return {
    timeWait: stage.predict({
      what: 'TIME_WAIT at the client when it has closed them',
      unit: 'slots',
      predicted: slots * lane.afterCloseSeconds,
      tolerance: { kind: 'exact' },
      basis: 'the server has closed first',
    }),
    free: stage.predict({
      what: 'slots that are free then',
      unit: 'slots',
      predicted: slots - modelMeanUsed(lane, slots),
      tolerance: { kind: 'exact' },
      basis: `each is held for ${lane.holdSeconds + lane.afterCloseSeconds} s more`,
    }),
  };
}

/** Opens connections that the server closes, until one is refused. @returns the client's ends */
function leakAll(client: Host, way: Way): TcpSocket[] {
  const leaks: TcpSocket[] = [];
  for (let ends = openBothEnds(client, way); ends !== null; ends = openBothEnds(client, way)) {
    ends.server.close();
    ends.client.awaitEnd();
    leaks.push(ends.client);
  }
  return leaks;
}

/** @returns how many of some tries were granted */
async function tryFor(client: Host, way: Way): Promise<number> {
  let granted = 0;
  for (let left = TRIES; left > 0; left -= 1) {
    if (client.inside(() => way.connect()) !== null) granted += 1;
    await sleep((1_000 * WATCHED_SECONDS) / TRIES);
  }
  return granted;
}

/** The command that the remedy gives a person. */
function listLeaks(lane: LaneModel, machine: Machine): string {
  const ends = { source: CLIENT, destination: SERVER, port: PORT };
  const [command] = closeWhatLeaks.byHand(situationOf(ends, lane, machine));
  if (command === undefined) throw new FourtupleError('FT_LAB', `${closeWhatLeaks.id} has no command`);
  return command.text;
}

/** @returns how many sockets a command lists, under one line of heads */
function linesOf(host: Host, command: string): number {
  return host.execute('sh', '-c', command).trim().split('\n').length - 1;
}
