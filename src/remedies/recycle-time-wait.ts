import { withoutZone } from '../tcp/address.ts';
import type { LaneModel } from '../tcp/lane-model.ts';
import { judgeRecycling, type NetworkQuality, type Segments } from '../tcp/network-quality.ts';
import { formatSeconds } from '../tcp/number-text.ts';
import type { Instruction } from './instruction.ts';
import { missingKernel, missingNetAdmin } from './missing.ts';
import type { LaneFacts, Remedy, Safety, Situation } from './remedy.ts';
import { inNamespace } from './sysctl-command.ts';

/** A TIME_WAIT socket younger than this is left alone on any network. */
const YOUNGEST_SECONDS = 1;
/** In retransmission timeouts: the least that the kernel itself waits in FIN_WAIT2 or TIME_WAIT (`tcp_time_wait()`). */
const LEAST_TIMEOUTS = 3.5;
/** The retransmission timeout before a round trip was measured (RFC 6298, 2.1; TCP_TIMEOUT_INIT). */
const INITIAL_TIMEOUT_SECONDS = 1;

/** Frees old TIME_WAIT slots of a lane by destroying their sockets (SOCK_DESTROY of sock_diag, `tcp_abort()`). */
export const recycleTimeWait: Remedy = {
  id: 'recycle-time-wait',
  title: 'Release old TIME_WAIT slots of the lane (SOCK_DESTROY)',
  // They come back as connections close: something must run for as long as they are to be released.
  effort: 'configuration',
  missing: (machine) => [
    ...missingKernel(machine, 6, 0, 'destroying TIME_WAIT sockets'),
    ...missingNetAdmin(machine, 'destroying sockets'),
  ],
  safety: ({ lane, machine, network }) => recycleSafety(lane.isLocal, network, machine.segments),
  predict: (model, _machine, network = null): LaneModel => ({
    ...model,
    afterCloseSeconds: Math.min(model.afterCloseSeconds, recycleAgeSeconds(network)),
  }),
  byHand: (situation) => [killCommand(situation)],
  releases: true,
};

/**
 * How many seconds a socket must have been in TIME_WAIT to be released: until then what the network still carries of its
 * connection may arrive, as it may have to be sent again, and more than once.
 *
 * @param network what the lane goes through; null where that is not known
 */
export function recycleAgeSeconds(network: NetworkQuality | null): number {
  const timeout = network?.retransmitTimeoutSeconds ?? INITIAL_TIMEOUT_SECONDS;
  return Math.max(YOUNGEST_SECONDS, LEAST_TIMEOUTS * timeout);
}

/**
 * Whether TIME_WAIT slots of a lane may be released.
 *
 * @param isLocal see {@link LaneFacts}
 * @param network what the lane goes through; null where that is not known
 * @param segments all that the machine has sent; null where not known
 */
export function recycleSafety(isLocal: boolean, network: NetworkQuality | null, segments: Segments | null): Safety {
  const { safe, reason } = isLocal
    ? { safe: true, reason: 'loopback delivers no segment late' }
    : judgeRecycling(network, segments);
  const age = formatSeconds(recycleAgeSeconds(network));
  return { safe, reason: safe === true ? `${reason}; a slot is released after ${age} in TIME_WAIT` : reason };
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
