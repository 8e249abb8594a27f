import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { doneMessage, errorMessage, FakeNetlink, message, type NetlinkRequest } from '../../test/kit/fake-netlink.ts';
import { viewOf } from '../../test/kit/fake-sockets.ts';
import { connection } from '../../test/kit/inet-diag-encoder.ts';
import { ipv4 } from '../tcp/address.ts';
import { NetlinkError } from './netlink-error.ts';
import { SockDestroy } from './sock-destroy.ts';
import { SocketIds } from './socket-ids.ts';

const { EINVAL, ENOBUFS, ENOENT, ENOMEM, EOPNOTSUPP, EPERM, ESTALE } = constants.errno;
const NLM_F_ACK = 4;
const COOKIE = 16 + 8 + 40;
/** Error replies that the receive buffer of a netlink socket holds at net.core.rmem_default = 212,992, as measured. */
const ROOM = 240;

/** The kernel's side: sockets by their cookies, and what it answers to whom it destroys. */
class Kernel extends FakeNetlink {
  readonly living: Set<number>;
  readonly sent: number[] = [];
  /** What it refuses a socket with, by its cookie. */
  readonly refused = new Map<number, number>();
  #lost = false;

  constructor(living: Iterable<number>) {
    super((datagram) => {
      const requests = requestsIn(datagram);
      this.sent.push(requests.length);
      const answers = requests.flatMap((request) => this.#destroy(request));
      this.#lost = answers.length > ROOM;
      return answers.slice(0, ROOM);
    });
    this.living = new Set(living);
  }

  /** The loss is told before what has not been lost (`netlink_overrun()`). */
  override receive(into: Uint8Array): number {
    if (!this.#lost) return super.receive(into);
    this.#lost = false;
    throw new NetlinkError({ operation: 'receive', errno: ENOBUFS });
  }

  #destroy(request: NetlinkRequest): Uint8Array[] {
    const cookie = new DataView(request.bytes.buffer).getUint32(COOKIE, true);
    const errno = this.refused.get(cookie) ?? (this.living.delete(cookie) ? 0 : ENOENT);
    return errno !== 0 || (request.flags & NLM_F_ACK) !== 0 ? [errorMessage(request, { errno })] : [];
  }
}

function requestsIn({ bytes }: NetlinkRequest): NetlinkRequest[] {
  const requests: NetlinkRequest[] = [];
  for (let at = 0; at < bytes.length; ) {
    const view = new DataView(bytes.buffer, at);
    const length = view.getUint32(0, true);
    const head = { type: view.getUint16(4, true), flags: view.getUint16(6, true), sequence: view.getUint32(8, true) };
    requests.push({ ...head, bytes: bytes.slice(at, at + length) });
    at += length;
  }
  return requests;
}

/** Names of sockets whose cookies are their rows. */
function namesOf(count: number): SocketIds {
  const ids = new SocketIds(count);
  for (let row = 0; row < count; row += 1) {
    ids.append(viewOf(connection([ipv4(1), row & 0xffff], [ipv4(2), 80], { cookie: BigInt(row) })));
  }
  return ids;
}

const allRows = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row);

describe('destroying sockets', () => {
  it.each([0, 1, 2, 127, 128, 129, 1_000])('destroys all %i that are asked for, and leaves nothing unread', (count) => {
    const kernel = new Kernel(allRows(count));
    const destroyed = new SockDestroy(kernel).destroy(namesOf(count), allRows(count), count);
    expect(destroyed).toEqual({ destroyed: count, gone: 0 });
    expect([...kernel.living]).toEqual([]);
    expect(kernel.unread).toBe(0);
  });

  it('takes many requests for each send', () => {
    const kernel = new Kernel(allRows(1_000));
    new SockDestroy(kernel).destroy(namesOf(1_000), allRows(1_000), 1_000);
    expect(kernel.sent.length).toBeLessThan(20);
    expect(kernel.sent.reduce((sum, count) => sum + count)).toBe(1_000);
  });

  it('destroys the first of the rows that it is given, in their order, and no others', () => {
    const kernel = new Kernel(allRows(500));
    const rows = allRows(300).map((row) => 499 - row);
    const destroyed = new SockDestroy(kernel).destroy(namesOf(500), rows, 200);
    expect(destroyed).toEqual({ destroyed: 200, gone: 0 });
    expect([...kernel.living]).toEqual([...allRows(300)]);
    const cookies = kernel.requests
      .flatMap(requestsIn)
      .map(({ bytes }) => new DataView(bytes.buffer).getUint32(COOKIE, true));
    expect(cookies).toEqual([...rows.subarray(0, 200)]);
  });

  it('counts what had gone, or has another socket in its place', () => {
    const kernel = new Kernel(allRows(1_000).filter((row) => row % 3 !== 0));
    for (let row = 0; row < 1_000; row += 10) kernel.refused.set(row, ESTALE);
    const gone = allRows(1_000).filter((row) => row % 3 === 0 || row % 10 === 0).length;
    const destroyed = new SockDestroy(kernel).destroy(namesOf(1_000), allRows(1_000), 1_000);
    expect(destroyed).toEqual({ destroyed: 1_000 - gone, gone });
  });

  it('has room for the answers where all have gone', () => {
    const kernel = new Kernel([]);
    const destroyed = new SockDestroy(kernel).destroy(namesOf(30_000), allRows(30_000), 30_000);
    expect(destroyed).toEqual({ destroyed: 0, gone: 30_000 });
    expect(kernel.unread).toBe(0);
  });

  it('counts each call by itself', () => {
    const kernel = new Kernel([0, 1]);
    const destroy = new SockDestroy(kernel);
    expect(destroy.destroy(namesOf(3), allRows(3), 3)).toEqual({ destroyed: 2, gone: 1 });
    expect(destroy.destroy(namesOf(3), allRows(3), 2)).toEqual({ destroyed: 0, gone: 2 });
  });

  it('closes its conversation', () => {
    const kernel = new Kernel([]);
    new SockDestroy(kernel).close();
    expect(kernel.closed).toBe(true);
  });
});

describe('destroying sockets is refused', () => {
  const failure = (kernel: Kernel): unknown => {
    try {
      return new SockDestroy(kernel).destroy(namesOf(1_000), allRows(1_000), 1_000);
    } catch (error) {
      return error;
    }
  };

  /** Some sockets go, one does not. */
  const refusing = (errno: number, row = 200): Kernel => {
    const kernel = new Kernel(allRows(1_000));
    kernel.refused.set(row, errno);
    return kernel;
  };

  it('without CAP_NET_ADMIN, by its name', () => {
    expect(failure(refusing(EPERM))).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: expect.stringContaining('CAP_NET_ADMIN'),
      hint: expect.stringContaining('root'),
    });
  });

  it.each([EOPNOTSUPP, EINVAL])('by a kernel that cannot: errno %i', (errno) => {
    expect(failure(refusing(errno))).toMatchObject({
      code: 'FT_UNSUPPORTED',
      hint: expect.stringMatching(/Linux 6\.0.*CONFIG_INET_DIAG_DESTROY/),
    });
  });

  it('for any other reason, with the kernel’s own number', () => {
    const error = failure(refusing(ENOMEM));
    expect(error).toBeInstanceOf(NetlinkError);
    expect(error).toMatchObject({
      code: 'FT_KERNEL',
      errno: ENOMEM,
      message: expect.stringContaining('could not destroy TCP sockets: ENOMEM'),
    });
  });

  it.each([128, 200, 255])('with the batch in which it happened, at request %i, and none after it', (row) => {
    const kernel = refusing(EPERM, row);
    failure(kernel);
    expect([...kernel.living]).toEqual([row, ...allRows(1_000).subarray(256)]);
    expect(kernel.unread).toBe(0);
  });

  it('once, and not again where the reason is gone', () => {
    const kernel = refusing(EPERM, 1);
    const destroy = new SockDestroy(kernel);
    expect(() => destroy.destroy(namesOf(2), allRows(2), 2)).toThrow('CAP_NET_ADMIN');
    kernel.refused.clear();
    expect(destroy.destroy(namesOf(2), allRows(2), 2)).toEqual({ destroyed: 1, gone: 1 });
  });
});

describe('answers to destroyed sockets', () => {
  const destroyTwo = (transport: FakeNetlink) => new SockDestroy(transport).destroy(namesOf(2), allRows(2), 2);

  it('are passed over where nobody asked for them any more', () => {
    const transport = new FakeNetlink((datagram) => {
      const [first, last] = requestsIn(datagram) as [NetlinkRequest, NetlinkRequest];
      const stale = { ...last, sequence: first.sequence - 1 };
      const early = { ...last, sequence: last.sequence + 1 };
      return [stale, early, first, stale, last].map((request) => errorMessage(request, { errno: ENOENT }));
    });
    expect(destroyTwo(transport)).toEqual({ destroyed: 0, gone: 2 });
    expect(transport.unread).toBe(0);
  });

  it('that were lost are told, and what is left of them is not taken for that of the next sockets', () => {
    let isCramped = true;
    const transport = new (class extends Kernel {
      override receive(into: Uint8Array): number {
        if (!isCramped) return super.receive(into);
        isCramped = false;
        throw new NetlinkError({ operation: 'receive', errno: ENOBUFS });
      }
    })([]);
    const destroy = new SockDestroy(transport);
    expect(() => destroy.destroy(namesOf(5), allRows(5), 5)).toThrow('ENOBUFS');
    expect(transport.unread).toBe(5);
    for (const row of [0, 1, 2]) transport.living.add(row);
    expect(destroy.destroy(namesOf(3), allRows(3), 3)).toEqual({ destroyed: 3, gone: 0 });
  });

  it('are refused where they are of another kind', () => {
    const transport = new FakeNetlink((datagram) => requestsIn(datagram).map((request) => doneMessage(request)));
    expect(() => destroyTwo(transport)).toThrow('the reply has a message of type 3');
  });

  it('are refused where they cannot be true', () => {
    const wrong: readonly ((request: NetlinkRequest) => Uint8Array)[] = [
      ({ sequence }) => message({ type: 2, sequence, length: 8 }, new Uint8Array(4)),
      ({ sequence }) => message({ type: 2, sequence, length: 400 }, new Uint8Array(4)),
      () => new Uint8Array(7),
      () => new Uint8Array(0),
    ];
    for (const answer of wrong) {
      const transport = new FakeNetlink((datagram) => requestsIn(datagram).map(answer));
      expect(() => destroyTwo(transport)).toThrow(NetlinkError);
    }
  });
});
