import { ticksPerSecond } from '../../linux/timer-tick.ts';
import { connectTimeout } from '../../remedies/connect-timeout.ts';
import type { Machine } from '../../remedies/machine.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { type LaneModel, modelSlots } from '../../tcp/lane-model.ts';
import { formatSeconds, plural } from '../../tcp/number-text.ts';
import { formatRange } from '../../tcp/port-range.ts';
import { synSeconds, synWaits } from '../../tcp/syn-waits.ts';
import { meanTimersInTurnSeconds } from '../../tcp/timer-wheel.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { addBlackHole } from '../links.ts';
import { holdUntilRefused } from '../load/fill.ts';
import { leaveToKernel, takeBack } from '../load/take-back.ts';
import { Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_GIVES_BACK, KERNEL_REFUSES } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { narrowRange } from './narrow-range.ts';
import { PORT } from './places.ts';
import { situationOf } from './situation-of.ts';

const NEAR = '10.9.8.1';
/** Nobody has it. */
const FAR = '10.9.8.2';
/** Few, so that each is given time: what a machine does beside it is little, then. */
const PORTS = 100;
/** Taken over so long that they end at all moments of a granule of the kernel's timers. */
const OVER_SECONDS = 1;
const PATIENCE_SECONDS = 30;

/** Connections that nobody answers: how long each holds its slot, and how long it does where it is given up sooner. */
export const connectTimeoutExperiment: Experiment = {
  name: 'connect-timeout',
  question: 'How long do connections that nobody answers hold their slots?',
  remedies: [connectTimeout.id],
  programs: ['sysctl'],
  seconds: 6,
  pace: 'busy',
  open: async (stage) => {
    const [asItIs, remedied] = [openHost(stage, 'patient'), openHost(stage, 'impatient')];
    return { subject: asItIs, run: () => run(stage, asItIs, remedied) };
  },
};

function openHost(stage: Stage, name: string): Host {
  const host = stage.host(name);
  narrowRange(host, stage.range, PORTS);
  addBlackHole({ host, link: 'hole', addresses: [`${NEAR}/24`] });
  return host;
}

async function run(stage: Stage, asItIs: Host, remedied: Host): Promise<void> {
  const machine = await machineOfHost(remedied);
  const lane = { ...laneOf(machine), holdSeconds: Number.POSITIVE_INFINITY, afterCloseSeconds: 0 };
  const slots = modelSlots(lane);
  const full = stage.predict({
    what: 'connections that wait for an answer until one is refused',
    unit: 'slots',
    predicted: slots,
    tolerance: { kind: 'exact' },
    basis: `ports ${formatRange(machine.range)}`,
  });
  const held = stateHeld(stage, connectTimeout.predict(lane, machine).holdSeconds, linearTimeouts(remedied));
  const back = stateBack(stage, slots, Number(asItIs.readSetting('ipv4.tcp_syn_retries')));

  const command = giveUpSooner(lane, machine);
  remedied.execute('sh', '-c', command);
  stage.note(`Given up sooner by: ${command}.`);
  const way = new Way({ address: FAR, port: PORT }, { isNotAwaited: true });
  holdUntilRefused(asItIs, way);
  stage.progress('sending SYNs that nobody answers');
  const sentAt = await leaveToKernel(remedied, way, slots / OVER_SECONDS, () => {});
  full.measure(sentAt.size, KERNEL_REFUSES);
  stage.progress('waiting until they are given up');
  held.measure(await takeBack(remedied, way, sentAt, PATIENCE_SECONDS), KERNEL_GIVES_BACK);
  back.measure(holdUntilRefused(asItIs, way).sockets.length, KERNEL_REFUSES);
}

function stateHeld(stage: Stage, seconds: number, linear: number): Stated {
  const waits = synWaits(seconds, linear);
  const timers = `${waits.join(' + ')} s after ${plural(waits.length, 'SYN')}`;
  return stage.predict({
    what: 'time that each holds its slot where it is given up',
    unit: 's',
    predicted: meanTimersInTurnSeconds(waits, ticksPerSecond()),
    tolerance: { kind: 'share', share: 0.02 },
    basis: `${formatSeconds(seconds)}: ${timers}, and what the kernel's timers are late`,
  });
}

function stateBack(stage: Stage, slots: number, retries: number): Stated {
  return stage.predict({
    what: 'slots that have come back by then as it is',
    unit: 'slots',
    predicted: synSeconds(retries) > PATIENCE_SECONDS ? 0 : slots,
    tolerance: { kind: 'exact' },
    basis: `with tcp_syn_retries = ${retries} they come back after ${formatSeconds(synSeconds(retries))}`,
  });
}

/** How many SYNs are sent again at an even pace: none where the kernel has no such setting (before Linux 6.5). */
function linearTimeouts(host: Host): number {
  try {
    return Number(host.readSetting('ipv4.tcp_syn_linear_timeouts'));
  } catch {
    return 0;
  }
}

/** The command that the remedy gives a person. */
function giveUpSooner(lane: LaneModel, machine: Machine): string {
  const ends = { source: NEAR, destination: FAR, port: PORT };
  const command = connectTimeout.byHand(situationOf(ends, lane, machine)).find(({ where }) => where === 'shell');
  if (command === undefined) throw new FourtupleError('FT_LAB', `${connectTimeout.id} has no command`);
  return command.text;
}
