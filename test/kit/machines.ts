import type { Machine } from '../../src/remedies/machine.ts';
import type { LaneFacts, Situation } from '../../src/remedies/remedy.ts';
import { LINUX_DEFAULT_RANGE } from '../../src/tcp/port-range.ts';
import { PortSet } from '../../src/tcp/port-set.ts';

/** The host of a Linux 6.18 with its own settings, as root sees it. */
export function machineLike(more: Partial<Machine> = {}): Machine {
  return {
    kernel: { major: 6, minor: 18 },
    range: LINUX_DEFAULT_RANGE,
    reserved: new PortSet(),
    listening: [22, 80, 443],
    unprivilegedPortStart: 1024,
    tcpTwReuse: 2,
    tcpTwReuseDelaySeconds: 1,
    tcpTimestamps: 1,
    tcpMaxTwBuckets: 131_072,
    tcpFinTimeoutSeconds: 60,
    timeWaitSeconds: 61.024,
    segments: null,
    commandPrefix: '',
    fixFlags: '',
    capabilities: new Set(['CAP_NET_ADMIN', 'CAP_SYS_ADMIN']),
    ...more,
  };
}

/** A lane of the proxy towards its backend, full of TIME_WAIT, whose connections live three milliseconds. */
export function laneFactsLike(more: Partial<LaneFacts> = {}): LaneFacts {
  return {
    ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 8080, isLocal: false, reuse: false, pool: 'lane' },
    ...{ slots: 28_232, used: 28_232, live: 20, timeWait: 28_212, program: { name: 'haproxy', version: null } },
    model: { lanes: 1, slotsPerLane: 28_232, holdSeconds: 0.003, afterCloseSeconds: 61.024 },
    ...more,
  };
}

export function situationLike(more: Partial<Situation> = {}): Situation {
  return {
    lane: laneFactsLike(),
    machine: machineLike(),
    network: {
      ...{ samples: 20, isPrivate: true, roundTripSeconds: 0.000_2, roundTripVarianceSeconds: 0.000_1 },
      ...{
        retransmitTimeoutSeconds: 0.2,
        segmentsSent: 4_000,
        retransmittedShare: 0,
        reorderedShare: 0,
        timestampsShare: 1,
        bytesPerConnection: 512,
      },
    },
    ...more,
  };
}
