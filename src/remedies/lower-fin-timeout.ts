import { finWait2Seconds } from '../tcp/fin-wait2.ts';
import { formatSeconds } from '../tcp/number-text.ts';
import type { Change } from './change.ts';
import type { Machine } from './machine.ts';
import { missingNetAdmin } from './missing.ts';
import type { Missing, Remedy } from './remedy.ts';
import { sysctlCommand } from './sysctl-command.ts';

/** Long enough for an other end that does close, and below 60, from where on the setting means something else. */
const ENOUGH_SECONDS = 15;

/**
 * Ends the wait for an other end that does not close (orphan FIN_WAIT2). It shortens no TIME_WAIT, and gains nothing for
 * a lane whose other end closes: there is one case for it, that of the finding `fin-wait2-pile-up`.
 */
export const lowerFinTimeout: Remedy = {
  id: 'lower-fin-timeout',
  title: 'Wait less for an other end that does not close (tcp_fin_timeout)',
  effort: 'command',
  missing,
  safety: ({ machine: { tcpFinTimeoutSeconds: now } }) => ({
    safe: true,
    reason:
      `this end has closed such a connection already${now === null ? '' : `, and waits ${formatSeconds(finWait2Seconds(now))} now`}: ` +
      `an other end that takes longer than ${ENOUGH_SECONDS} s to close is answered by a reset`,
  }),
  predict: (model) => model,
  byHand: ({ machine }) => (isShort(machine) ? [] : [sysctlCommand(changes(machine), machine)]),
  changes,
};

/** By the seconds that it makes, not by its value: 65 makes 10 s. */
function isShort({ tcpFinTimeoutSeconds }: Machine): boolean {
  return tcpFinTimeoutSeconds !== null && finWait2Seconds(tcpFinTimeoutSeconds) <= ENOUGH_SECONDS;
}

function missing(machine: Machine): readonly Missing[] {
  const { tcpFinTimeoutSeconds: now } = machine;
  if (now === null || !isShort(machine)) return missingNetAdmin(machine, 'changing tcp_fin_timeout');
  const text = `tcp_fin_timeout is ${now}: an orphan FIN_WAIT2 socket already goes after ${formatSeconds(finWait2Seconds(now))}`;
  return [{ kind: 'setting', text }];
}

function changes(machine: Machine): readonly Change[] {
  return isShort(machine) ? [] : [{ kind: 'sysctl', setting: 'tcp_fin_timeout', value: `${ENOUGH_SECONDS}` }];
}
