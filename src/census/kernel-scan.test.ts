import { describe, expect, it } from 'vitest';
import { FakeKernel } from '../../test/kit/fake-sockets.ts';
import type { DiagSocket } from '../../test/kit/inet-diag-encoder.ts';
import { idle, lane, ports, SCENE_RANGE } from '../../test/kit/scans.ts';
import type { KernelSocketCounts } from '../linux/sockstat.ts';
import { PortSet } from '../tcp/port-set.ts';
import { MANY_SOCKETS, scanKernel } from './kernel-scan.ts';
import { SocketScanner } from './scan.ts';

const [SOURCE, BACKEND] = ['192.0.2.5', '198.51.100.9'];
/** The state in which the kernel lists bound and inactive sockets, as a bit. */
const BOUND_INACTIVE = 1 << 13;
const STATES = 16 + 4 + 48;
const firstPass = (count: number): number[] => ports(SCENE_RANGE.low, SCENE_RANGE.low + 2 * (count - 1), 2);

/** What a scan finds, and whether it asked for what is bound and idle. */
async function scan(sockets: readonly DiagSocket[], counts: KernelSocketCounts | null) {
  const kernel = new FakeKernel(sockets);
  const scanner = new SocketScanner(SCENE_RANGE, new PortSet());
  const notes = await scanKernel(kernel.sockDiag(), scanner, { counts, enter: (work) => work() });
  const looked = kernel.requests.some(
    ({ bytes }) => (new DataView(bytes.buffer).getUint32(STATES, true) & BOUND_INACTIVE) !== 0,
  );
  return { notes, looked, bound: scanner.bound.map(({ port }) => port), sockets: scanner.sockets.size };
}

const large = (unseen: number): KernelSocketCounts => ({
  inUse: MANY_SOCKETS,
  timeWait: 0,
  allocated: MANY_SOCKETS + unseen,
});

describe('sockets that are bound and idle', () => {
  const few = [...lane(SOURCE, BACKEND, 80, firstPass(10)), idle(SOURCE, 40_050)];

  it('are looked for where there are not many sockets, or nobody knows how many', async () => {
    const found = { notes: [], looked: true, bound: [40_050], sockets: 10 };
    expect(await scan(few, { inUse: 11, timeWait: 0, allocated: 12 })).toEqual(found);
    expect(await scan(few, null)).toEqual(found);
  });

  it('are left among very many sockets, and it is said how many there can be at most', async () => {
    const { notes, looked, bound, sockets } = await scan(few, large(3));
    expect({ looked, bound, sockets }).toEqual({ looked: false, bound: [], sockets: 10 });
    expect(notes).toEqual([expect.stringContaining('at most 3 sockets')]);
    expect((await scan(few, large(1))).notes).toEqual([expect.stringContaining('at most 1 socket ')]);
  });

  it('are not spoken of where there can be none', async () => {
    expect(await scan(few, large(0))).toMatchObject({ notes: [], looked: false });
  });

  it('are looked for among very many sockets too where a lane is nearly full: each port matters', async () => {
    const full = [...lane(SOURCE, BACKEND, 80, [...firstPass(50), ...ports(40_001, 40_079, 2)]), idle(SOURCE, 40_099)];
    expect(await scan(full, large(3))).toMatchObject({ notes: [], looked: true, bound: [40_099], sockets: 90 });
  });

  it('are looked for where a port suggests that its socket was bound before it connected', async () => {
    const bound = [...lane(SOURCE, BACKEND, 80, [40_001]), idle(SOURCE, 40_050)];
    expect(await scan(bound, large(3))).toMatchObject({ notes: [], looked: true, bound: [40_050], sockets: 1 });
  });
});
