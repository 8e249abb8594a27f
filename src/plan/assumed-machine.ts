import type { Machine } from '../remedies/machine.ts';
import type { HostSettings } from './topology.ts';

/** What connect() waits for before it takes over a TIME_WAIT slot, on every kernel that is not told otherwise. */
const LINUX_REUSE_DELAY_SECONDS = 1;

/**
 * A host of a tier, as remedies see it. It is not at hand, and may not be there yet: its kernel and who may change it are
 * not known, so that no remedy is left out for them. It is taken to be a Linux with its own settings but for those given:
 * timestamps, and tcp_tw_reuse for loopback only where no reuse is given.
 */
export function assumedMachine(settings: HostSettings): Machine {
  const { range, reserved, listening, timeWaitSeconds, reuseDelaySeconds } = settings;
  return {
    ...{ range, reserved, listening, timeWaitSeconds },
    tcpTwReuse: reuseDelaySeconds === null ? 2 : 1,
    tcpTwReuseDelaySeconds: reuseDelaySeconds ?? LINUX_REUSE_DELAY_SECONDS,
    tcpTimestamps: 1,
    kernel: null,
    unprivilegedPortStart: null,
    tcpMaxTwBuckets: null,
    tcpFinTimeoutSeconds: null,
    segments: null,
    commandPrefix: '',
    fixFlags: null,
    capabilities: null,
  };
}
