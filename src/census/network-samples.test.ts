import { describe, expect, it } from 'vitest';
import { FakeKernel } from '../../test/kit/fake-sockets.ts';
import { type DiagSocket, type TcpInfoFields, tcpInfo } from '../../test/kit/inet-diag-encoder.ts';
import { censusOf, lane, ports } from '../../test/kit/scans.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import { TcpState } from '../tcp/state.ts';
import { measureNetwork } from './network-samples.ts';

const SOURCE = '10.0.0.5';
const FIGURES: TcpInfoFields = {
  ...{ timestamps: true, roundTripMicroseconds: 200, roundTripVarianceMicroseconds: 100, totalRetransmits: 0 },
  ...{ segmentsOut: 10, reorderSeen: 0, bytesAcked: 101, bytesReceived: 400, retransmitTimeoutMicroseconds: 204_000 },
};
const info = (more: TcpInfoFields = {}, size?: number) => ({ attributes: [tcpInfo({ ...FIGURES, ...more }, size)] });
const DUMP = 18;
const QUERY = 20;

interface Measured {
  /** By lane, in the order of first sight. */
  readonly networks: (NetworkQuality | undefined)[];
  readonly requests: number[];
}

/** @param now the sockets that live when the network is measured, those of the census where left out */
function measure(seen: readonly DiagSocket[], now: readonly DiagSocket[] = seen): Measured {
  const census = censusOf({ sockets: seen, range: LINUX_DEFAULT_RANGE });
  const kernel = new FakeKernel(now);
  const lanes = ports(0, census.laneCount - 1);
  const networks = measureNetwork(kernel.sockDiag(), census, lanes);
  return { networks: lanes.map((index) => networks.get(index)), requests: kernel.requests.map(({ type }) => type) };
}

describe('what live connections tell of the network', () => {
  it('are medians of their round trips, and shares of their segments and of them', () => {
    const sockets = [
      ...lane(SOURCE, '10.0.1.1', 80, [40_000], info()),
      ...lane(SOURCE, '10.0.1.1', 80, [40_002], info({ roundTripMicroseconds: 300, totalRetransmits: 4 })),
      ...lane(SOURCE, '10.0.1.1', 80, [40_004], info({ roundTripMicroseconds: 90_000, segmentsOut: 180 })),
      ...lane(SOURCE, '10.0.1.1', 80, [40_006], info({ roundTripVarianceMicroseconds: 500, reorderSeen: 7 })),
      ...lane(SOURCE, '10.0.1.1', 80, [40_008], info({ timestamps: false, bytesAcked: 1, bytesReceived: 0 })),
    ];
    expect(measure(sockets)).toEqual({
      networks: [
        {
          ...{ samples: 5, isPrivate: true, roundTripSeconds: 0.0002, roundTripVarianceSeconds: 0.0001 },
          ...{
            retransmitTimeoutSeconds: 0.204,
            segmentsSent: 220,
            retransmittedShare: 0.018182,
            reorderedShare: 0.2,
            timestampsShare: 0.8,
            bytesPerConnection: 400,
          },
        },
      ],
      requests: [DUMP],
    });
  });

  it('have the retransmission timeout that nine in ten connections do not exceed', () => {
    const timeouts = (...milliseconds: number[]) =>
      milliseconds.flatMap((timeout, index) =>
        lane(SOURCE, '10.0.1.1', 80, [40_000 + index], info({ retransmitTimeoutMicroseconds: 1_000 * timeout })),
      );
    const measured = (...milliseconds: number[]) =>
      measure(timeouts(...milliseconds)).networks[0]?.retransmitTimeoutSeconds;
    expect(measured(300)).toBe(0.3);
    expect(measured(204, 204, 120_000, 204, 204)).toBe(120);
    expect(measured(204, 201, 203, 120_000, 208, 207, 206, 205, 202, 209)).toBe(0.209);
    expect(measured(...ports(201, 219), 120_000)).toBe(0.218);
  });

  it('is told by connections that the census has not seen, by those that are closing, and by no others', () => {
    const seen = lane(SOURCE, '10.0.1.1', 80, [40_000], { leftMs: 100 });
    const now = [
      ...lane(SOURCE, '10.0.1.1', 80, [40_002], { state: TcpState.CLOSE_WAIT, ...info() }),
      ...lane(SOURCE, '10.0.1.1', 80, [40_004], { state: TcpState.FIN_WAIT2, ...info() }),
      ...lane(SOURCE, '10.0.1.1', 80, [40_006], { state: TcpState.FIN_WAIT2, timer: 3, expiresMs: 10 }),
      ...lane(SOURCE, '10.0.1.1', 80, [40_008], { state: TcpState.SYN_SENT, ...info() }),
      // Its round trip has not been measured: the kernel gives what it starts from.
      ...lane(SOURCE, '10.0.1.1', 80, [40_010], info({ roundTripMicroseconds: 0 })),
      ...lane(SOURCE, '10.0.1.1', 81, [40_012], info()),
      ...lane(SOURCE, '10.0.1.1', 80, [20_000], info()),
    ];
    expect(measure(seen, now).networks).toMatchObject([{ samples: 2, roundTripSeconds: 0.0002 }]);
  });

  it('stays unknown as far as an older kernel does not tell it', () => {
    const ofSize = (size: number) => measure(lane(SOURCE, '10.0.1.1', 80, [40_000], info({}, size))).networks[0];
    expect(ofSize(104)).toMatchObject({ samples: 1, roundTripSeconds: 0.0002, retransmittedShare: null });
    expect(ofSize(104)).toMatchObject({ reorderedShare: null, bytesPerConnection: null, timestampsShare: 1 });
    expect(ofSize(140)).toMatchObject({ retransmittedShare: 0, reorderedShare: null, bytesPerConnection: 500 });
  });

  it('is only the address where no connection lives', () => {
    const dead = (destination: string) => lane(SOURCE, destination, 80, [40_000], { leftMs: 100 });
    const { networks } = measure([...dead('10.0.1.1'), ...dead('203.0.113.9'), ...dead('2001:db8::9')]);
    expect(networks.map((network) => network?.isPrivate)).toEqual([true, false, false]);
    for (const network of networks) {
      expect(network).toMatchObject({ samples: 0, roundTripSeconds: null, timestampsShare: null });
      expect(network?.retransmitTimeoutSeconds).toBeNull();
    }
  });

  it('is private where a machine speaks to itself, whatever the address', () => {
    const own = measure(lane('203.0.113.9', '203.0.113.9', 80, [40_000], info()));
    expect(own.networks).toMatchObject([{ isPrivate: true }]);
  });

  it('is told by other lanes to the same host where a lane has too few to be judged by', () => {
    const sockets = [
      ...lane(SOURCE, '10.0.1.1', 80, [40_000, 40_002], info({ roundTripMicroseconds: 1_000, bytesReceived: 0 })),
      ...lane(SOURCE, '10.0.1.1', 81, ports(41_000, 41_007), info({ retransmitTimeoutMicroseconds: 208_000 })),
      ...lane(SOURCE, '10.0.1.1', 82, [40_000], { leftMs: 100 }),
      ...lane(SOURCE, '10.0.1.2', 80, [40_000], info({ roundTripMicroseconds: 5_000 })),
    ];
    expect(measure(sockets).networks).toMatchObject([
      { samples: 10, roundTripSeconds: 0.0002, retransmitTimeoutSeconds: 0.208, bytesPerConnection: 100 },
      { samples: 8, roundTripSeconds: 0.0002, bytesPerConnection: 500 },
      { samples: 10, roundTripSeconds: 0.0002, bytesPerConnection: null },
      { samples: 1, roundTripSeconds: 0.005, retransmitTimeoutSeconds: 0.204, bytesPerConnection: 500 },
    ]);
  });

  it('is told by 64 connections of a lane at most, in 128 lanes', () => {
    const sockets = ports(1, 130).flatMap((port) => lane(SOURCE, '10.0.1.1', port, ports(40_000, 40_069), info()));
    const { networks } = measure(sockets);
    expect(networks.map((network) => network?.samples)).toEqual([
      ...Array.from({ length: 128 }, () => 64),
      undefined,
      undefined,
    ]);
  });
});

describe('among very many live connections', () => {
  /** 12,000 live connections: three lanes of 4,000, the round trip of each growing with its port. */
  const many = ports(81, 83).flatMap((port) =>
    ports(40_000, 43_999).flatMap((local) =>
      lane(SOURCE, '10.0.1.1', port, [local], info({ roundTripMicroseconds: local })),
    ),
  );

  it('looks up 64 of each lane, evenly chosen, and lists none', () => {
    const { networks, requests } = measure(many);
    expect(requests).toEqual(Array.from({ length: 3 * 64 }, () => QUERY));
    for (const network of networks) {
      expect(network?.samples).toBe(64);
      expect(network?.roundTripSeconds).toBeCloseTo(0.042, 3);
    }
  });

  it('takes all of a lane that has few, and none that is closed or has gone', () => {
    const few = lane(SOURCE, '10.0.1.2', 80, ports(50_000, 50_006), info());
    const closed = lane(SOURCE, '10.0.1.2', 81, ports(50_000, 50_006), { leftMs: 100 });
    const gone = lane(SOURCE, '10.0.1.3', 80, ports(50_000, 50_006), info());
    const { networks, requests } = measure([...many, ...few, ...closed, ...gone], [...many, ...few]);
    expect(requests).toHaveLength(3 * 64 + 7 + 7);
    expect(networks.map((network) => network?.samples)).toEqual([64, 64, 64, 7, 7, 0]);
  });

  it('looks up 1,024 at most', () => {
    const lanes = ports(1, 100).flatMap((port) => lane(SOURCE, '10.0.1.1', port, ports(40_000, 40_119), info()));
    const { networks, requests } = measure(lanes);
    expect(requests).toHaveLength(1_000);
    expect(new Set(networks.map((network) => network?.samples))).toEqual(new Set([10]));
  });
});
