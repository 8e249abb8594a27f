import type { LaneModel } from '../tcp/lane-model.ts';
import { judgeReuse } from '../tcp/network-quality.ts';
import type { Change } from './change.ts';
import type { Machine } from './machine.ts';
import { missingNetAdmin } from './missing.ts';
import type { Missing, Remedy, Safety, Situation } from './remedy.ts';
import { sysctlCommand } from './sysctl-command.ts';

/** Kernels before 6.14 wait for the clock's next full second (`tcp_twsk_unique()`). */
const OLD_KERNEL_DELAY_SECONDS = 1;

/**
 * Lets `connect()` take over TIME_WAIT slots of its own lane, once they are a second old and if both ends have timestamps
 * (`tcp_twsk_unique()` of net/ipv4/tcp_ipv4.c).
 */
export const tcpTwReuse: Remedy = {
  id: 'tcp-tw-reuse',
  title: 'Take over old TIME_WAIT slots (tcp_tw_reuse)',
  effort: 'command',
  missing,
  safety,
  predict,
  byHand: ({ machine }) => (isOn(machine) ? [] : [sysctlCommand(changes(machine), machine)]),
  changes,
};

function isOn({ tcpTwReuse, tcpTimestamps }: Machine): boolean {
  return tcpTwReuse === 1 && tcpTimestamps !== 0;
}

function missing(machine: Machine): readonly Missing[] {
  return isOn(machine)
    ? [{ kind: 'setting', text: 'tcp_tw_reuse is already 1' }]
    : missingNetAdmin(machine, 'changing the setting');
}

function safety({ lane, machine, network }: Situation): Safety {
  if (lane.pool === 'source') {
    return {
      safe: false,
      reason: 'useless: the sockets are bound before they connect, and bind() takes over no TIME_WAIT slot',
    };
  }
  if (lane.reuse === true) return { safe: true, reason: 'it applies to this lane already' };
  if (lane.isLocal) return { safe: true, reason: `loopback delivers no segment late${timestampsToo(machine)}` };
  const judged = judgeReuse(withoutOwnTimestamps(network, machine), machine.segments);
  return { safe: judged.safe, reason: `${judged.reason}${timestampsToo(machine)}` };
}

/** While they are off here, no connection tells whether the other end has them. */
function withoutOwnTimestamps(network: Situation['network'], { tcpTimestamps }: Machine): Situation['network'] {
  return network === null || tcpTimestamps !== 0 ? network : { ...network, timestampsShare: null };
}

function timestampsToo({ tcpTimestamps }: Machine): string {
  return tcpTimestamps === 0 ? '; tcp_timestamps is off here and is turned on too, for connections to come' : '';
}

function predict(model: LaneModel, { tcpTwReuseDelaySeconds }: Machine): LaneModel {
  const delay = tcpTwReuseDelaySeconds ?? OLD_KERNEL_DELAY_SECONDS;
  return { ...model, afterCloseSeconds: Math.min(model.afterCloseSeconds, delay) };
}

function changes({ tcpTwReuse, tcpTimestamps }: Machine): readonly Change[] {
  const timestamps: Change = { kind: 'sysctl', setting: 'tcp_timestamps', value: '1' };
  const reuse: Change = { kind: 'sysctl', setting: 'tcp_tw_reuse', value: '1' };
  return [...(tcpTimestamps === 0 ? [timestamps] : []), ...(tcpTwReuse === 1 ? [] : [reuse])];
}
