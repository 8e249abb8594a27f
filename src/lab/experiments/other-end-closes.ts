import { closeFromOtherEnd } from '../../remedies/close-from-other-end.ts';
import { modelSlots, modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import type { Experiment } from '../experiment.ts';
import { machineOfHost } from '../host-machine.ts';
import { socketsOf } from '../kernel-counts.ts';
import { openBothEnds } from '../load/both-ends.ts';
import { closeInOrder, fillWithTimeWait } from '../load/fill.ts';
import { rotate } from '../load/rotate.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { awaitClosed, type ClientAndServer, openClientAndServer } from './client-and-server.ts';
import { KERNEL_COUNTS_TIME_WAIT } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { PORT } from './places.ts';

/** Few, so that each is given time: what a machine does beside it is little, then. */
const PORTS = 100;
const HOLD_SECONDS = 0.5;
const TIMES = 5;

/** Connections are closed by the client, and by the server: who has the TIME_WAIT, and how soon slots come back. */
export const otherEndCloses: Experiment = {
  name: 'other-end-closes',
  question: 'What does it give to let the other end close first?',
  remedies: [closeFromOtherEnd.id],
  programs: [],
  seconds: 3,
  pace: 'busy',
  open: async (stage) => {
    const hosts = openClientAndServer(stage, PORTS);
    return { subject: hosts.client, run: () => run(stage, hosts) };
  },
};

async function run(stage: Stage, { client, serverHost, server }: ClientAndServer): Promise<void> {
  const machine = await machineOfHost(client);
  const before = { ...laneOf(machine), holdSeconds: HOLD_SECONDS };
  const after = closeFromOtherEnd.predict(before, machine);
  const slots = modelSlots(before);
  const opens = modelSustainableOpensPerSecond(after);
  const [asItIs, atClient, atServer] = [
    stage.predict({
      what: 'TIME_WAIT at the client where it closes first',
      unit: 'slots',
      predicted: slots,
      tolerance: { kind: 'exact' },
      basis: `each of ${plural(slots, 'slot')} is held for ${formatSeconds(before.afterCloseSeconds)}`,
    }),
    stage.predict({
      what: 'TIME_WAIT at the client where the server closes first',
      unit: 'slots',
      predicted: opens * after.afterCloseSeconds,
      tolerance: { kind: 'exact' },
      basis: 'the end that closes second has none',
    }),
    stage.predict({
      what: 'TIME_WAIT at the server then',
      unit: '',
      predicted: slots,
      tolerance: { kind: 'exact' },
      basis: `on the port that it listens on: of each of ${plural(slots, 'slot')} the last connection`,
    }),
  ];
  const rate = stage.predict({
    what: 'opens that the lane sustains where the server closes first',
    unit: '/s',
    predicted: opens,
    tolerance: { kind: 'share', share: 0.02 },
    basis: `${plural(slots, 'slot')} / ${formatSeconds(HOLD_SECONDS)} that each connection is held`,
  });
  stage.note(
    `Where the client closes first, they sustain ${formatRate(modelSustainableOpensPerSecond(before))} opens per second.`,
  );

  stage.progress('filling a lane with TIME_WAIT', { share: 0 });
  fillWithTimeWait(client, new Way(new Server(serverHost, server.address, PORT + 1)));
  const own = socketsOf(client).timeWait;
  asItIs.measure(own, KERNEL_COUNTS_TIME_WAIT);

  stage.progress(`opening ${plural(TIMES * slots, 'connection')}`, { share: 1 / (1 + TIMES) });
  const way = new Way(server);
  const untilTaken = await rotate({
    ...{ slots, times: TIMES, holdSeconds: HOLD_SECONDS },
    take: () => openBothEnds(client, way),
    end: (ends) => closeInOrder(ends.server, ends.client),
  });
  rate.measure(
    slots / (HOLD_SECONDS + untilTaken),
    `connect() tried until it is granted: each slot again ${formatSeconds(untilTaken)} after the server closes`,
  );
  await awaitClosed(client);
  atClient.measure(socketsOf(client).timeWait - own, KERNEL_COUNTS_TIME_WAIT);
  atServer.measure(socketsOf(serverHost).timeWait, KERNEL_COUNTS_TIME_WAIT);
}
