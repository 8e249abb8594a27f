import { withoutZone } from '../tcp/address.ts';
import type { LaneModel } from '../tcp/lane-model.ts';
import { judgeRecycling } from '../tcp/network-quality.ts';
import type { Instruction } from './instruction.ts';
import { missingKernel, missingNetAdmin } from './missing.ts';
import type { LaneFacts, Remedy, Situation } from './remedy.ts';
import { inNamespace } from './sysctl-command.ts';

/** A TIME_WAIT socket younger than this is left alone: what the network still carries of its connection may arrive. */
export const RECYCLE_AGE_SECONDS = 5;
/** How often a lane's TIME_WAIT sockets are looked at. */
export const RECYCLE_INTERVAL_SECONDS = 1;

/** Frees old TIME_WAIT slots of a lane by destroying their sockets (SOCK_DESTROY of sock_diag, `tcp_abort()`). */
export const recycleTimeWait: Remedy = {
  id: 'recycle-time-wait',
  title: 'Release old TIME_WAIT slots of the lane (SOCK_DESTROY)',
  // A command once frees them once: to go on, something must run it every second.
  effort: 'configuration',
  missing: (machine) => [
    ...missingKernel(machine, 6, 0, 'destroying TIME_WAIT sockets'),
    ...missingNetAdmin(machine, 'destroying sockets'),
  ],
  safety: ({ lane, network }) =>
    lane.isLoopback ? { safe: true, reason: 'loopback delivers no segment late' } : judgeRecycling(network),
  predict,
  byHand: (situation) => [killCommand(situation)],
};

/**
 * A slot is released at the first look after it is old enough, a whole interval later at worst. Slots that are released
 * together are soon taken together, and that worst becomes the rule: so it is counted.
 */
function predict(model: LaneModel): LaneModel {
  const seconds = RECYCLE_AGE_SECONDS + RECYCLE_INTERVAL_SECONDS;
  return { ...model, afterCloseSeconds: Math.min(model.afterCloseSeconds, seconds) };
}

function killCommand({ lane, machine }: Situation): Instruction {
  return {
    where: 'shell',
    text: inNamespace(machine.commandPrefix, `ss -HKtn state time-wait '${laneFilter(lane)}' > /dev/null`),
    note: 'Releases all TIME_WAIT slots of the lane at once, young ones too, and once only: they come back as connections close. Without CONFIG_INET_DIAG_DESTROY in the kernel it does nothing.',
  };
}

/** For ss(8). An address that belongs to a link has it as its zone. */
function laneFilter({ source, destination, port }: LaneFacts): string {
  const zone = /%(.+)$/.exec(source)?.[1] ?? /%(.+)$/.exec(destination)?.[1];
  const link = zone === undefined ? '' : ` and dev = ${zone}`;
  return `src ${hostOf(source)} and dst ${hostOf(destination)} and dport = :${port}${link}`;
}

function hostOf(address: string): string {
  const host = withoutZone(address);
  return host.includes(':') ? `[${host}]` : host;
}
