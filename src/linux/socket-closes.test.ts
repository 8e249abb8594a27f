import { describe, expect, it } from 'vitest';
import { join, message } from '../../test/kit/fake-netlink.ts';
import { encodeSocket } from '../../test/kit/inet-diag-encoder.ts';
import { type Address, ANY_IPV4, ipv4 } from '../tcp/address.ts';
import { TcpState } from '../tcp/state.ts';
import type { NetlinkEvents } from './netlink-events.ts';
import { SocketCloses } from './socket-closes.ts';

const NOT_MEASURED = 0xffff_ffff;

interface Info {
  readonly bytesAcked?: number;
  readonly bytesReceived?: number;
  readonly segmentsIn?: number;
  readonly minRoundTrip?: number;
}

/** INET_DIAG_INFO of a socket that has come to its end, as Linux 6.18 sends it, or shorter. */
function tcpInfo({ bytesAcked = 0, bytesReceived = 0, segmentsIn = 0, minRoundTrip = NOT_MEASURED }: Info, size = 280) {
  const view = new DataView(new ArrayBuffer(280));
  view.setBigUint64(120, BigInt(bytesAcked), true);
  view.setBigUint64(128, BigInt(bytesReceived), true);
  view.setUint32(140, segmentsIn, true);
  view.setUint32(148, minRoundTrip, true);
  return { type: 2, value: new Uint8Array(view.buffer, 0, size) };
}

function closed(
  info: Info,
  ports: readonly [number, number] = [40_000, 80],
  more: { from?: Address; size?: number } = {},
) {
  const socket = {
    ...{ state: TcpState.CLOSE, local: more.from ?? ipv4(0x0a000001), localPort: ports[0] },
    ...{ remote: ipv4(0x0a000002), remotePort: ports[1] },
    attributes: [{ type: 10, value: Uint8Array.of(6) }, tcpInfo(info, more.size)],
  };
  return message({ type: 20, sequence: 0 }, encodeSocket(socket));
}

class FakeEvents implements NetlinkEvents {
  lost = false;
  readonly #datagrams: Uint8Array[];

  constructor(...datagrams: readonly Uint8Array[]) {
    this.#datagrams = [...datagrams];
  }

  receive(into: Uint8Array): number {
    const datagram = this.#datagrams.shift();
    if (datagram === undefined) return 0;
    into.set(datagram.subarray(0, into.length));
    return datagram.length;
  }

  close(): void {}
}

function endings(...datagrams: readonly Uint8Array[]): string[] {
  const found: string[] = [];
  new SocketCloses(new FakeEvents(...datagrams)).drain(100, ({ ending }) => void found.push(ending));
  return found;
}

describe('the end of a socket', () => {
  it('is told by what its tcp_info still holds', () => {
    expect(
      endings(
        closed({ bytesAcked: 1, segmentsIn: 2, minRoundTrip: 20 }),
        closed({ segmentsIn: 3, minRoundTrip: 20 }),
        closed({}),
        closed({ segmentsIn: 1 }),
        closed({ minRoundTrip: 20 }, [40_000, 0], { from: ANY_IPV4 }),
        closed({}, [40_000, 0]),
        closed({}, [0, 0]),
      ),
    ).toEqual(['closed', 'closed', 'unanswered', 'refused', 'reset', 'unconnected', 'unconnected']);
  });

  it('has the bytes of both ways', () => {
    const seen: number[] = [];
    const events = new FakeEvents(closed({ bytesAcked: 2 ** 33 + 5, bytesReceived: 7 }));
    new SocketCloses(events).drain(1, ({ bytes }) => void seen.push(bytes));
    expect(seen).toEqual([2 ** 33 + 12]);
  });

  it('is not guessed where the kernel is too old to tell it', () => {
    expect(() => endings(closed({ bytesAcked: 1 }, [40_000, 80], { size: 104 }))).toThrow('tells too little');
  });

  it('is read as many at a time as are wanted, the rest later', () => {
    const one = closed({ bytesAcked: 1 });
    const closes = new SocketCloses(new FakeEvents(one, join([one, one]), one));
    let count = 0;
    const visit = (): void => {
      count += 1;
    };
    expect(closes.drain(2, visit)).toBe(2);
    expect(count).toBe(3);
    expect(closes.drain(2, visit)).toBe(1);
    expect(closes.drain(2, visit)).toBe(0);
    expect(count).toBe(4);
  });

  it('is refused where its message cannot be true', () => {
    const whole = closed({ bytesAcked: 1 });
    const tooLong = whole.slice();
    new DataView(tooLong.buffer).setUint32(0, whole.length + 4, true);
    for (const wrong of [whole.subarray(0, 10), whole.subarray(0, whole.length - 4), tooLong, new Uint8Array(5_000)]) {
      expect(() => endings(wrong)).toThrow(/^a message about the end of a socket/);
    }
  });
});
