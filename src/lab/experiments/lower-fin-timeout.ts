import { setTimeout as sleep } from 'node:timers/promises';
import { ticksPerSecond } from '../../linux/timer-tick.ts';
import { lowerFinTimeout } from '../../remedies/lower-fin-timeout.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { finWait2Seconds } from '../../tcp/fin-wait2.ts';
import { modelSlots } from '../../tcp/lane-model.ts';
import { formatSeconds, plural } from '../../tcp/number-text.ts';
import { meanTimerSeconds, timerGranuleSeconds } from '../../tcp/timer-wheel.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { addAddress } from '../links.ts';
import { seconds } from '../load/clock.ts';
import { holdUntilRefused } from '../load/fill.ts';
import { Server, Way } from '../load/way.ts';
import { median } from '../median.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_REFUSES } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { makeChanges } from './make-changes.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';

const PORTS = 500;
/** It is tried in earnest before the first slot is expected. */
const EARLIER_SECONDS = 0.5;
const PAUSE_MS = 5;
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
  closeAll(asItIs);
  const closedAt = closeAll(lowered);
  taken.measure(closedAt.size, KERNEL_REFUSES);
  stage.progress('waiting until the client gives its server up', { isIdle: true });
  await sleep(1_000 * (loweredSeconds - EARLIER_SECONDS));
  const lives = await takeAgain(lowered, closedAt);
  held.measure(median(lives), `connect() tried until it is granted again: ${plural(lives.length, 'slot')}`);
  back.measure(holdUntilRefused(asItIs.host, beginning(asItIs)).sockets.length, KERNEL_REFUSES);
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

/** Opens connections and closes them, until one is refused. The server does not. @returns when, in seconds, by port */
function closeAll({ host, server }: Case): Map<number, number> {
  const way = new Way(server);
  return host.inside(() => {
    const closedAt = new Map<number, number>();
    for (let socket = way.connect(); socket !== null; socket = way.connect()) {
      closedAt.set(socket.localPort, seconds());
      socket.close();
    }
    return closedAt;
  });
}

/** The server's end of the last connection is still there: it takes a while until it answers a new one. */
function beginning({ server }: Case): Way {
  return new Way(server, { isNotAwaited: true });
}

/** @returns how long each slot was held after its close, in seconds */
async function takeAgain(one: Case, closedAt: ReadonlyMap<number, number>): Promise<number[]> {
  const [way, lives, start] = [beginning(one), [] as number[], seconds()];
  while (lives.length < closedAt.size) {
    one.host.inside(() => {
      for (let socket = way.connect(); socket !== null; socket = way.connect()) {
        lives.push(seconds() - (closedAt.get(socket.localPort) ?? Number.NaN));
      }
    });
    if (seconds() - start > PATIENCE_SECONDS)
      throw new FourtupleError('FT_LAB', `${lives.length} of ${plural(closedAt.size, 'slot')} have come back`);
    await sleep(PAUSE_MS);
  }
  return lives;
}
