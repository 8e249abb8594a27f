import type { LaneModel } from '../tcp/lane-model.ts';
import { judgeReuse } from '../tcp/network-quality.ts';
import { formatSeconds } from '../tcp/number-text.ts';
import type { Change } from './change.ts';
import type { Machine } from './machine.ts';
import { missingKernel, missingNetAdmin } from './missing.ts';
import type { Missing, Remedy, Safety, Situation } from './remedy.ts';
import { sysctlCommand } from './sysctl-command.ts';

/** A hundred ticks of the timestamps that tell old segments from new ones; the kernel allows a single one. */
const SHORT_SECONDS = 0.1;

/**
 * Where tcp_tw_reuse applies and slots run out all the same: `connect()` takes them over sooner than after a second
 * (`net.ipv4.tcp_tw_reuse_delay`, Linux 6.14, ca6a6f93867a).
 */
export const shorterReuseDelay: Remedy = {
  id: 'shorter-reuse-delay',
  title: 'Take over TIME_WAIT slots sooner (tcp_tw_reuse_delay)',
  effort: 'command',
  missing,
  safety,
  predict,
  byHand: ({ machine }) => (isShort(machine) ? [] : [sysctlCommand(changes(machine), machine)]),
  changes,
};

function isShort({ tcpTwReuseDelaySeconds }: Machine): boolean {
  return tcpTwReuseDelaySeconds !== null && tcpTwReuseDelaySeconds <= SHORT_SECONDS;
}

function missing(machine: Machine): readonly Missing[] {
  const { tcpTwReuseDelaySeconds: delay } = machine;
  if (delay !== null && isShort(machine)) {
    return [{ kind: 'setting', text: `tcp_tw_reuse_delay is already ${formatSeconds(delay)}` }];
  }
  return [...missingKernel(machine, 6, 14, 'tcp_tw_reuse_delay'), ...missingNetAdmin(machine, 'changing the setting')];
}

function safety({ lane, machine, network }: Situation): Safety {
  if (lane.reuse === false) return { safe: false, reason: 'useless: tcp_tw_reuse does not apply to this lane' };
  if (lane.isLocal) return { safe: true, reason: 'loopback delivers no segment late' };
  return judgeReuse(network, machine.segments);
}

/** Only what reuse takes over comes back sooner: what is held for longer than the delay, it does not. */
function predict(model: LaneModel, { tcpTwReuseDelaySeconds }: Machine): LaneModel {
  const isReused = tcpTwReuseDelaySeconds !== null && model.afterCloseSeconds <= tcpTwReuseDelaySeconds;
  return isReused ? { ...model, afterCloseSeconds: Math.min(model.afterCloseSeconds, SHORT_SECONDS) } : model;
}

function changes(machine: Machine): readonly Change[] {
  const value = `${Math.round(SHORT_SECONDS * 1_000)}`;
  return isShort(machine) ? [] : [{ kind: 'sysctl', setting: 'tcp_tw_reuse_delay', value }];
}
