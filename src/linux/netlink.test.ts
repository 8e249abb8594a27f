import { constants } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doneMessage,
  dumpMessages,
  errorMessage,
  FakeNetlink,
  join,
  message,
  type NetlinkRequest,
  type NetlinkResponder,
} from '../../test/kit/fake-netlink.ts';
import { Netlink } from './netlink.ts';
import { NetlinkError } from './netlink-error.ts';
import { encodeHeader, NLM_F_DUMP } from './netlink-message.ts';

const { EINVAL, ENOENT, EPERM } = constants.errno;
const TYPE = 20;
const BUFFER_BYTES = 65_536;

function newRequest(bodySize = 8): Uint8Array {
  const request = new Uint8Array(16 + bodySize);
  encodeHeader(request, TYPE, NLM_F_DUMP);
  return request;
}

/** Dumps, and gives the bodies of the messages that were visited. */
function dump(respond: NetlinkResponder): { bodies: string[]; interrupted: boolean; messages: number } {
  const bodies: string[] = [];
  const outcome = new Netlink(new FakeNetlink(respond)).dump(newRequest(), 'list things', (view, at, length) => {
    bodies.push(hex(new Uint8Array(view.buffer, at + 16, length - 16)));
  });
  return { ...outcome, bodies };
}

function query(respond: NetlinkResponder, absent: readonly number[] = [ENOENT]): string[] | false {
  const bodies: string[] = [];
  const found = new Netlink(new FakeNetlink(respond)).query(
    newRequest(),
    'find a thing',
    absent,
    (view, at, length) => {
      bodies.push(hex(new Uint8Array(view.buffer, at + 16, length - 16)));
    },
  );
  return found && bodies;
}

function failureOf(run: () => unknown): NetlinkError {
  try {
    run();
  } catch (error) {
    if (error instanceof NetlinkError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const anyBodies = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 12 });

describe('a netlink dump', () => {
  it('gives the same messages however they are split into datagrams', () => {
    fc.assert(
      fc.property(anyBodies, fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }), (bodies, cuts) => {
        const outcome = dump((request) => {
          const datagrams: Uint8Array[][] = [[]];
          for (const [index, part] of dumpMessages(request, bodies).entries()) {
            if (index > 0 && cuts[index] === true) datagrams.push([]);
            datagrams.at(-1)?.push(part);
          }
          return datagrams.map(join);
        });
        expect(outcome).toEqual({ bodies: bodies.map(hex), messages: bodies.length, interrupted: false });
      }),
    );
  });

  it('ends at the message that says so, and reads no further', () => {
    const transport = new FakeNetlink((request) => [...dumpMessages(request, [Uint8Array.of(1)]), Uint8Array.of(1, 2)]);
    expect(new Netlink(transport).dump(newRequest(), 'list things', () => {})).toMatchObject({ messages: 1 });
    expect(transport.unread).toBe(1);
  });

  it('passes over replies to other requests: what was left of one that was given up', () => {
    const stale = ({ sequence }: NetlinkRequest): NetlinkRequest => ({
      type: TYPE,
      flags: 0,
      sequence: sequence - 1,
      bytes: newRequest(),
    });
    const outcome = dump((request) => [
      join([
        ...dumpMessages(stale(request), [Uint8Array.of(7)]),
        message({ type: 99, sequence: request.sequence + 1 }),
      ]),
      errorMessage(stale(request), { errno: EPERM }),
      ...dumpMessages(request, [Uint8Array.of(8)]),
    ]);
    expect(outcome.bodies).toEqual(['08']);
  });

  it('has another number for each request', () => {
    const transport = new FakeNetlink((request) => dumpMessages(request, []));
    const netlink = new Netlink(transport);
    const request = newRequest();
    for (let count = 0; count < 3; count += 1) netlink.dump(request, 'list things', () => {});
    expect(new Set(transport.requests.map(({ sequence }) => sequence)).size).toBe(3);
  });

  it('tells that the kernel could not keep it consistent', () => {
    expect(dump((request) => dumpMessages(request, [Uint8Array.of(1)], { interrupted: true })).interrupted).toBe(true);
    expect(dump((request) => dumpMessages(request, [Uint8Array.of(1)])).interrupted).toBe(false);
  });

  it('passes on what its visitor throws', () => {
    const stop = new Error('stop');
    const transport = new FakeNetlink((request) => dumpMessages(request, [Uint8Array.of(1)]));
    expect(() =>
      new Netlink(transport).dump(newRequest(), 'list things', () => {
        throw stop;
      }),
    ).toThrow(stop);
  });

  it('can be prepared beside the caller', async () => {
    const transport = new FakeNetlink((request) => dumpMessages(request, [Uint8Array.of(1), Uint8Array.of(2)]));
    const finish = new Netlink(transport).startDump(newRequest(), 'list things');
    let visited = 0;
    await expect(finish(() => (visited += 1))).resolves.toEqual({ messages: 2, interrupted: false });
    expect(visited).toBe(2);
  });

  it('that could not be sent beside the caller is refused when it is asked for', async () => {
    const transport = new FakeNetlink(() => {
      throw new NetlinkError({ operation: 'send', errno: EPERM });
    });
    const finish = new Netlink(transport).startDump(newRequest(), 'list things');
    await expect(finish(() => {})).rejects.toMatchObject({ errno: EPERM });
  });
});

describe('a refused dump', () => {
  it.each<[string, NetlinkResponder, Partial<NetlinkError>, string]>([
    ['an error', (request) => [errorMessage(request, { errno: EPERM })], { errno: EPERM }, 'EPERM'],
    ['an error at its end', (request) => [doneMessage(request, { errno: EINVAL })], { errno: EINVAL }, 'EINVAL'],
    ['an acknowledgement', (request) => [errorMessage(request)], { errno: 0 }, 'acknowledged'],
    ['a lost part', (request) => [message({ type: 4, sequence: request.sequence })], { errno: 0 }, 'NLMSG_OVERRUN'],
    [
      'another type',
      (request) => [message({ type: 1, sequence: request.sequence })],
      { errno: 0 },
      'message of type 1',
    ],
    ['an empty datagram', () => [new Uint8Array(0)], { errno: 0 }, 'is empty'],
    [
      'a datagram beyond the buffer',
      () => [new Uint8Array(BUFFER_BYTES + 1)],
      { errno: 0 },
      `${BUFFER_BYTES + 1} bytes`,
    ],
    ['a rest shorter than a header', () => [new Uint8Array(15)], { errno: 0 }, 'where 15 are left'],
    ['a length of nothing', (request) => [lying(request, 0)], { errno: 0 }, 'says 0 bytes where 24 are left'],
    ['a length below a header', (request) => [lying(request, 15)], { errno: 0 }, 'says 15 bytes where 24 are left'],
    ['a length beyond the rest', (request) => [lying(request, 25)], { errno: 0 }, 'says 25 bytes where 24 are left'],
    ['the longest length', (request) => [lying(request, 2 ** 32 - 1)], { errno: 0 }, 'says 4294967295 bytes'],
    ['a length with the sign bit', (request) => [lying(request, 2 ** 31)], { errno: 0 }, 'says 2147483648 bytes'],
    ['no answer', () => [], { errno: 0 }, 'no reply'],
  ])('by %s says so', (_, respond, error, words) => {
    const failure = failureOf(() => dump(respond));
    expect(failure).toMatchObject({ ...error, code: 'FT_KERNEL' });
    expect(failure.message).toContain(words);
  });

  it.each([
    ['an error', (request: NetlinkRequest) => [errorMessage(request, TOLD)]],
    ['a capped error', (request: NetlinkRequest) => [errorMessage(request, { ...TOLD, capped: true })]],
    ['the end of the dump', (request: NetlinkRequest) => [doneMessage(request, TOLD)]],
  ])("by %s has the kernel's own words and the byte that it objects to", (_, respond) => {
    expect(failureOf(() => dump(respond))).toMatchObject({
      errno: EINVAL,
      extendedText: TOLD.text,
      offset: TOLD.offset,
      message: 'netlink: could not list things: EINVAL, kernel: bad bytecode, at byte 72 of the request',
    });
  });

  it('by an error without more than a number says only that', () => {
    expect(failureOf(() => dump((request) => [errorMessage(request, { errno: 4_711 })])).message).toBe(
      'netlink: could not list things: errno 4711',
    );
  });

  it('visits the messages that came before', () => {
    const bodies: number[] = [];
    const transport = new FakeNetlink((request) =>
      dumpMessages(request, [Uint8Array.of(1)], { done: { errno: EINVAL } }),
    );
    expect(() =>
      new Netlink(transport).dump(newRequest(), 'list things', (view, at) => bodies.push(view.getUint8(at + 16))),
    ).toThrow(NetlinkError);
    expect(bodies).toEqual([1]);
  });

  it('has no words where the extended acknowledgement cannot be true', () => {
    for (const echoedLength of [0, 2 ** 16, 2 ** 31, 2 ** 31 + 4, 2 ** 32 - 4, 2 ** 32 - 1]) {
      const failure = failureOf(() =>
        dump((request) => {
          const reply = errorMessage(request, TOLD);
          new DataView(reply.buffer).setUint32(20, echoedLength, true);
          return [reply];
        }),
      );
      expect(failure, `${echoedLength}`).toMatchObject({ errno: EINVAL, extendedText: undefined, offset: undefined });
    }
  });
});

describe('a netlink query', () => {
  const one = (request: NetlinkRequest): Uint8Array =>
    message({ type: TYPE, sequence: request.sequence }, Uint8Array.of(5));

  it('visits the one object that there is, or finds nothing where the kernel answers that there is none', () => {
    expect(query((request) => [one(request)])).toEqual(['05']);
    expect(query((request) => [errorMessage(request, { errno: ENOENT })])).toBe(false);
  });

  it('is refused by any other error, and by what is no answer', () => {
    expect(failureOf(() => query((request) => [errorMessage(request, TOLD)])).message).toContain(
      'kernel: bad bytecode',
    );
    expect(failureOf(() => query((request) => [errorMessage(request, { errno: ENOENT })], [])).errno).toBe(ENOENT);
    expect(failureOf(() => query((request) => [errorMessage(request)])).message).toContain('acknowledged');
    expect(failureOf(() => query((request) => [doneMessage(request)])).message).toContain('message of type 3');
    expect(failureOf(() => query((request) => [lying(request, 3)])).message).toContain('says 3 bytes');
  });

  it('passes over replies to other requests', () => {
    const earlier = message({ type: TYPE, sequence: 999 }, Uint8Array.of(9));
    expect(query((request) => [join([earlier, earlier]), earlier, join([earlier, one(request)])])).toEqual(['05']);
  });
});

describe('messages of a type that is not the request’s', () => {
  const REPLY = 77;
  const reply = (request: NetlinkRequest): Uint8Array =>
    message({ type: REPLY, sequence: request.sequence }, Uint8Array.of(5));
  const visited: number[] = [];
  const visit = (view: DataView, at: number): void => void visited.push(view.getUint8(at + 16));

  it('are taken where they are asked for, and are the only ones then', () => {
    const asked = new Netlink(new FakeNetlink((request) => [join([reply(request), doneMessage(request)])]));
    expect(asked.dump(newRequest(), 'list things', visit, REPLY).messages).toBe(1);
    expect(asked.query(newRequest(), 'find a thing', [], visit, REPLY)).toBe(true);
    expect(visited).toEqual([5, 5]);
    expect(failureOf(() => asked.dump(newRequest(), 'list things', visit)).message).toContain('type 77');
    const own = new Netlink(new FakeNetlink((request) => dumpMessages(request, [Uint8Array.of(1)])));
    expect(failureOf(() => own.dump(newRequest(), 'list things', visit, REPLY)).message).toContain('type 20');
    expect(failureOf(() => own.query(newRequest(), 'find a thing', [], visit, REPLY)).message).toContain('type 20');
  });
});

describe('a netlink change', () => {
  const change = (respond: NetlinkResponder, expected: readonly number[] = []): number =>
    new Netlink(new FakeNetlink(respond)).change(newRequest(), 'change a thing', expected);

  it('is made when the kernel has acknowledged it', () => {
    expect(change((request) => [errorMessage(request)])).toBe(0);
    expect(change((request) => [errorMessage(request, { capped: true })], [EINVAL])).toBe(0);
  });

  it('tells which of the expected errors it was answered with', () => {
    expect(change((request) => [errorMessage(request, { errno: ENOENT })], [EINVAL, ENOENT])).toBe(ENOENT);
  });

  it('is refused by any other error, and by what is no answer', () => {
    const failure = failureOf(() => change((request) => [errorMessage(request, TOLD)], [ENOENT]));
    expect(failure.message).toBe(
      'netlink: could not change a thing: EINVAL, kernel: bad bytecode, at byte 72 of the request',
    );
    expect(failureOf(() => change((request) => [doneMessage(request)])).message).toContain('message of type 3');
    expect(failureOf(() => change((request) => [lying(request, 3)])).message).toContain('says 3 bytes');
    expect(failureOf(() => change(() => [])).message).toContain('no reply');
  });

  it('passes over answers to other requests', () => {
    const stale = ({ type, sequence, bytes }: NetlinkRequest): NetlinkRequest => ({
      type,
      flags: 0,
      sequence: sequence - 1,
      bytes,
    });
    const early = (request: NetlinkRequest): Uint8Array => errorMessage(stale(request), { errno: EPERM });
    expect(change((request) => [early(request), join([early(request), errorMessage(request)])])).toBe(0);
  });
});

const TOLD = { errno: EINVAL, text: 'bad bytecode', offset: 72 } as const;

/** A message of 24 bytes that says it has another length. */
function lying({ sequence }: NetlinkRequest, length: number): Uint8Array {
  return message({ type: TYPE, sequence, length }, new Uint8Array(8));
}
