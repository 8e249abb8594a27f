import { keepConnections } from '../../remedies/keep-connections.ts';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatCount, formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { opensOf, socketsOf } from '../kernel-counts.ts';
import { addAddress } from '../links.ts';
import { type Ends, openBothEnds } from '../load/both-ends.ts';
import { closeInOrder } from '../load/fill.ts';
import { rotate } from '../load/rotate.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_COUNTS_OPENS, KERNEL_COUNTS_TIME_WAIT, KERNEL_REFUSES } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';

/** Few, so that each is given time: what a machine does beside it is little, then. */
const PORTS = 100;
const REQUEST_SECONDS = 0.5;
const TIMES = 5;
/** Requests that a connection carries before it is closed. */
const FEW = 1;
const SOME = 10;

/** Requests over one lane: with a connection each, with one for ten of them, and with connections that are kept. */
export const keptConnections: Experiment = {
  name: 'kept-connections',
  question: 'How many requests does a lane carry where connections are used again?',
  remedies: [keepConnections.id],
  programs: [],
  seconds: 3,
  pace: 'busy',
  open: async (stage) => {
    const host = stage.host('client');
    addAddress(host, 'lo', HERE);
    narrowRange(host, stage.range, PORTS);
    return { subject: host, run: () => run(stage, host) };
  },
};

async function run(stage: Stage, host: Host): Promise<void> {
  const machine = await machineOfHost(host);
  const closed = { ...laneOf(machine), holdSeconds: REQUEST_SECONDS };
  const kept = stateKept(stage, keepConnections.predict(closed, machine));
  const counts = [FEW, SOME].map((each) => ({ each, stated: stateCount(stage, closed, each) }));
  stage.note(
    `With a connection for each request, the same lane sustains ${formatRate(modelSustainableOpensPerSecond(closed))} of them per second.`,
  );
  for (const [index, { each, stated }] of counts.entries()) {
    stage.progress(`requests, ${each} for each connection`, { share: index / (counts.length + TIMES) });
    const way = new Way(new Server(host, HERE, PORT + index));
    stated.measure(carryUntilRefused(host, way, each), KERNEL_REFUSES);
  }
  stage.progress('requests over connections that are kept', { share: counts.length / (counts.length + TIMES) });
  const [opensBefore, timeWaitBefore] = [opensOf(host), socketsOf(host).timeWait];
  const way = new Way(new Server(host, HERE, PORT + counts.length));
  const perSecond = await carryOverKept(host, way, modelSlots(closed));
  kept.rate.measure(
    perSecond,
    `${formatCount(TIMES * modelSlots(closed))} requests: how soon a connection has the next one`,
  );
  kept.opened.measure(opensOf(host) - opensBefore, KERNEL_COUNTS_OPENS);
  kept.left.measure(socketsOf(host).timeWait - timeWaitBefore, KERNEL_COUNTS_TIME_WAIT);
}

function stateKept(stage: Stage, lane: LaneModel): Readonly<Record<'rate' | 'opened' | 'left', Stated>> {
  const [slots, perSecond] = [modelSlots(lane), modelSustainableOpensPerSecond(lane)];
  return {
    rate: stage.predict({
      what: 'requests that the lane sustains over connections that are kept',
      unit: '/s',
      predicted: perSecond,
      tolerance: { kind: 'share', share: 0.02 },
      basis: `${plural(slots, 'slot')} / ${formatSeconds(lane.holdSeconds)} that each request takes`,
    }),
    opened: stage.predict({
      what: `connections that are opened for ${formatCount(TIMES * slots)} requests then`,
      unit: '',
      predicted: slots,
      tolerance: { kind: 'exact' },
      basis: 'one for each slot',
    }),
    left: stage.predict({
      what: 'TIME_WAIT that they leave',
      unit: 'slots',
      predicted: perSecond * lane.afterCloseSeconds,
      tolerance: { kind: 'exact' },
      basis: 'none is closed',
    }),
  };
}

/** As a plan has it: requests, and how many a connection carries, say how many connections are opened. */
function stateCount(stage: Stage, lane: LaneModel, perConnection: number): Stated {
  const opensPerRequest = 1 / perConnection;
  return stage.predict({
    what: `requests until the first refusal, ${perConnection} for each connection`,
    unit: '',
    predicted: Math.round(modelSlots(lane) / opensPerRequest),
    tolerance: { kind: 'exact' },
    basis: `${plural(modelSlots(lane), 'slot')} × ${perConnection}, then all are in TIME_WAIT`,
  });
}

/** @returns how many requests have been answered before no port was left */
function carryUntilRefused(host: Host, way: Way, perConnection: number): number {
  for (let carried = 0; ; carried += perConnection) {
    const ends = openBothEnds(host, way);
    if (ends === null) return carried;
    for (let left = perConnection; left > 0; left -= 1) {
      ask(ends);
      answer(ends);
    }
    closeInOrder(ends.client, ends.server);
  }
}

/** @returns how many requests have been answered per second, each slot carrying one at a time */
async function carryOverKept(host: Host, way: Way, slots: number): Promise<number> {
  const idle: Ends[] = [];
  const idleSeconds = await rotate({
    ...{ slots, times: TIMES, holdSeconds: REQUEST_SECONDS },
    take: () => {
      const ends = idle.pop() ?? openBothEnds(host, way);
      if (ends !== null) ask(ends);
      return ends;
    },
    end: (ends) => {
      answer(ends);
      idle.push(ends);
    },
  });
  return slots / (REQUEST_SECONDS + idleSeconds);
}

const MESSAGE = Uint8Array.of(0);

function ask({ client, server }: Ends): void {
  client.send(MESSAGE);
  server.receive();
}

function answer({ client, server }: Ends): void {
  server.send(MESSAGE);
  client.receive();
}
