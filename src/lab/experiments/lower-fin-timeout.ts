import { setTimeout as sleep } from 'node:timers/promises';
import { ticksPerSecond } from '../../linux/timer-tick.ts';
import { lowerFinTimeout } from '../../remedies/lower-fin-timeout.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { finWait2Seconds } from '../../tcp/fin-wait2.ts';
import { modelSlots } from '../../tcp/lane-model.ts';
import { formatSeconds } from '../../tcp/number-text.ts';
import { meanTimerSeconds, timerGranuleSeconds } from '../../tcp/timer-wheel.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { addAddress } from '../links.ts';
import { holdUntilRefused } from '../load/fill.ts';
import { leaveToKernel, takeBack } from '../load/take-back.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_GIVES_BACK, KERNEL_REFUSES } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { makeChanges } from './make-changes.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';

/** Few, so that it is soon seen which of them have come back: they do so all at once. */
const PORTS = 64;
/** It is tried in earnest before the first slot is expected. */
const EARLIER_SECONDS = 0.5;
/** Closed over so long, they end with several granules of the kernel's timers. */
const OVER_SECONDS = 1;
const PATIENCE_SECONDS = 30;

/** A host whose clients close connections to a server that does not. */
interface Case {
  readonly host: Host;
  readonly server: Server;
}

/** Connections are closed by the client only (orphan FIN_WAIT2): how soon their slots come back, before and after. */
export const lowerFinTimeoutExperiment: Experiment = {
  name: 'lower-fin-timeout',
  question: 'How long does a closed connection hold its slot where the other end does not close?',
  remedies: [lowerFinTimeout.id],
  programs: [],
  seconds: 17,
  pace: 'waiting',
  open: async (stage) => {
    const [asItIs, lowered] = [openCase(stage, 'patient'), openCase(stage, 'impatient')];
    return { subject: asItIs.host, run: () => run(stage, asItIs, lowered) };
  },
};

function openCase(stage: Stage, name: string): Case {
  const host = stage.host(name);
  addAddress(host, 'lo', HERE);
  narrowRange(host, stage.range, PORTS);
  return { host, server: new Server(host, HERE, PORT) };
}

async function run(stage: Stage, asItIs: Case, lowered: Case): Promise<void> {
  const machine = await machineOfHost(lowered.host);
  const slots = modelSlots(lowerFinTimeout.predict(laneOf(machine), machine));
  stage.note(`Lowered: ${makeChanges(lowered.host, lowerFinTimeout, machine)}.`);
  const [asItIsSeconds, loweredSeconds] = [await heldSeconds(asItIs), await heldSeconds(lowered)];
  const taken = stage.predict({
    what: 'connections that are closed until one is refused',
    unit: 'slots',
    predicted: slots,
    tolerance: { kind: 'exact' },
    basis: 'each holds its slot while the server does not close',
  });
  const held = stateHeld(stage, loweredSeconds);
  const back = stage.predict({
    what: 'slots that have come back by then as it is',
    unit: 'slots',
    predicted: asItIsSeconds > loweredSeconds + PATIENCE_SECONDS ? 0 : slots,
    tolerance: { kind: 'exact' },
    basis: `they come back after ${formatSeconds(asItIsSeconds)}`,
  });

  stage.progress('closing connections');
  const [closedAt] = await Promise.all([closeAll(lowered), closeAll(asItIs)]);
  taken.measure(closedAt.size, KERNEL_REFUSES);
  stage.progress('waiting until the client gives its server up', { isIdle: true });
  await sleep(1_000 * (loweredSeconds - OVER_SECONDS - EARLIER_SECONDS));
  const seconds = await takeBack(lowered.host, beginning(lowered), closedAt, PATIENCE_SECONDS);
  held.measure(seconds, KERNEL_GIVES_BACK);
  back.measure(holdUntilRefused(asItIs.host, beginning(asItIs)).sockets.length, KERNEL_REFUSES);
}

/** The server does not close. @returns when each connection was closed, in seconds, by port */
function closeAll({ host, server }: Case): Promise<Map<number, number>> {
  return leaveToKernel(host, new Way(server), PORTS / OVER_SECONDS, (socket) => socket.close());
}

/** By the setting that a host has now. */
async function heldSeconds({ host }: Case): Promise<number> {
  const { tcpFinTimeoutSeconds } = await machineOfHost(host);
  if (tcpFinTimeoutSeconds === null) throw new FourtupleError('FT_UNSUPPORTED', 'tcp_fin_timeout cannot be read');
  return finWait2Seconds(tcpFinTimeoutSeconds);
}

function stateHeld(stage: Stage, seconds: number): Stated {
  const ticks = ticksPerSecond();
  const granule = timerGranuleSeconds(seconds, ticks);
  return stage.predict({
    what: 'time that each holds its slot after its close',
    unit: 's',
    predicted: meanTimerSeconds(seconds, ticks),
    tolerance: { kind: 'absolute', by: granule },
    basis: `${formatSeconds(seconds)} of FIN_WAIT2, half a granule of the kernel's timers (${formatSeconds(granule)}), and no TIME_WAIT`,
  });
}

/** The server's end of the last connection is still there: it takes a while until it answers a new one. */
function beginning({ server }: Case): Way {
  return new Way(server, { isNotAwaited: true });
}
