import { describe, expect, it } from 'vitest';
import { FakeKernel } from '../../test/kit/fake-sockets.ts';
import type { DiagSocket } from '../../test/kit/inet-diag-encoder.ts';
import { lane, listener, ports, SCENE_RANGE } from '../../test/kit/scans.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { PortSet } from '../tcp/port-set.ts';
import { TcpState } from '../tcp/state.ts';
import { LaneBook } from './lane-book.ts';
import { Look } from './look.ts';

const [SOURCE, DESTINATION] = ['10.0.0.5', '10.0.1.9'];
const ANY_LANE = '*>*:*';
/** The age of a socket before anything is known of its network. */
const OLD_LEFT_MS = 56_500;

/** What is left of TIME_WAIT for a socket that has been in it for so many seconds. */
const aged = (seconds: number) => ({ leftMs: 60_000 - 1_000 * seconds });
const orphan = { state: TcpState.FIN_WAIT2, timer: 3, expiresMs: 30_000 } as const;

interface Scene {
  readonly pattern?: string;
  readonly reserved?: readonly number[];
  readonly blocked?: readonly number[];
  readonly windowSeconds?: number;
  /** What the kernel does before it answers. */
  readonly wait?: () => void;
}

function lookAt(sockets: readonly DiagSocket[], scene: Scene = {}) {
  const book = new LaneBook();
  book.room = { slots: 100, firstPassPorts: 50 };
  const look = new Look(book, parseLanePattern(scene.pattern ?? ANY_LANE));
  const pool = {
    ...{ range: SCENE_RANGE, reserved: PortSet.of(scene.reserved ?? []), blocked: PortSet.of(scene.blocked ?? []) },
  };
  const distort = (datagrams: readonly Uint8Array[]): readonly Uint8Array[] => {
    scene.wait?.();
    return datagrams;
  };
  look.take(new FakeKernel(sockets, { distort }).sockDiag(), pool, scene.windowSeconds ?? 1);
  return { book, look, lanes: book.lanes };
}

/** The local ports of a lane's sockets that are due by then, in the order in which they are. */
function duePorts({ look }: Pick<ReturnType<typeof lookAt>, 'look'>, number: number, nowMs: number): number[] {
  const id = new DataView(new ArrayBuffer(48));
  return Array.from(look.plan.take(number, nowMs, Number.POSITIVE_INFINITY), (row) => {
    look.ids.copyTo(row, id, 0);
    return id.getUint16(0);
  });
}

const LONG = 60_000;
const KERNEL_MS = 20;

describe('a look at connections', () => {
  it('counts the slots of a lane by what they are', () => {
    const { lanes } = lookAt([
      ...lane(SOURCE, DESTINATION, 80, [40_000, 40_001, 40_003]),
      ...lane(SOURCE, DESTINATION, 80, [40_005], { state: TcpState.SYN_SENT }),
      ...lane(SOURCE, DESTINATION, 80, [40_002, 40_007], orphan),
      ...lane(SOURCE, DESTINATION, 80, ports(40_010, 40_019), aged(0.4)),
      ...lane(SOURCE, DESTINATION, 80, ports(40_020, 40_024), aged(2)),
      ...lane(SOURCE, DESTINATION, 80, ports(40_030, 40_032), aged(40)),
      ...lane(SOURCE, DESTINATION, 81, [40_000], aged(60)),
    ]);
    expect(lanes).toHaveLength(2);
    expect(lanes[0]).toMatchObject({ counted: 24, timeWait: 18, closed: 10, old: 3, beside: 4, leastLeftMs: 20_000 });
    expect(lanes[1]).toMatchObject({ counted: 1, timeWait: 1, closed: 0, old: 1, beside: 0, leastLeftMs: 0 });
  });

  it('counts anew each time', () => {
    const { book, look, lanes } = lookAt(lane(SOURCE, DESTINATION, 80, ports(40_000, 40_009), aged(10)));
    const pool = { range: SCENE_RANGE, reserved: new PortSet(), blocked: new PortSet() };
    look.take(new FakeKernel(lane(SOURCE, DESTINATION, 80, [40_050])).sockDiag(), pool, 1);
    expect(book.lanes).toBe(lanes);
    expect(lanes[0]).toMatchObject({ counted: 1, timeWait: 0, old: 0, leastLeftMs: 60_000 });
    expect(look.plan.size).toBe(0);
  });

  it('plans what is of age or soon will be, the oldest first, and nothing that lives', () => {
    const taken = lookAt([
      ...lane(SOURCE, DESTINATION, 80, [40_000]),
      ...lane(SOURCE, DESTINATION, 80, [40_002], orphan),
      ...lane(SOURCE, DESTINATION, 80, [40_004], aged(3.6)),
      ...lane(SOURCE, DESTINATION, 80, [40_006], aged(1)),
      ...lane(SOURCE, DESTINATION, 80, [40_008], aged(2.5)),
      ...lane(SOURCE, DESTINATION, 80, [40_010], aged(50)),
    ]);
    expect(duePorts(taken, 0, 0)).toEqual([40_010, 40_004]);
    expect(duePorts(taken, 0, LONG)).toEqual([40_008]);
  });

  it('takes no socket for older than it is, where the kernel takes long', () => {
    const wait = (): void => {
      for (const end = performance.now() + KERNEL_MS; performance.now() < end; );
    };
    const { book, look } = lookAt(lane(SOURCE, DESTINATION, 80, [40_000], aged(2.5)), { wait });
    expect(book.lanes[0]?.oldLeftMs).toBe(OLD_LEFT_MS);
    expect(look.plan.nextDueMs(0)).toBeGreaterThanOrEqual(1_000 + KERNEL_MS);
  });

  it('keeps apart what is due of each lane, and knows each socket by its name', () => {
    const taken = lookAt([
      ...lane(SOURCE, DESTINATION, 80, [40_000], aged(10)),
      ...lane('fd00::5', 'fd00::9', 80, [40_000], aged(12)),
      ...lane(SOURCE, DESTINATION, 80, [40_002], { ...aged(11), family: 'ipv6', cookie: 77n }),
    ]);
    expect(duePorts(taken, 1, LONG)).toEqual([40_000]);
    const rows = taken.look.plan.take(0, LONG, 1);
    const id = new DataView(new ArrayBuffer(48));
    expect(taken.look.ids.copyTo(rows[0] as number, id, 0)).toBe(10);
    expect([id.getUint16(0), id.getUint16(2), id.getBigUint64(40, true)]).toEqual([40_002, 80, 77n]);
  });

  it('passes over inbound connections, reserved ports and ports outside of the range', () => {
    const { lanes, look } = lookAt(
      [
        ...[listener('0.0.0.0', 40_050), listener('10.0.0.6', 40_060)],
        ...lane(SOURCE, '10.0.7.7', 50_000, [40_050], aged(30)),
        ...lane(SOURCE, DESTINATION, 80, [40_050, 40_090, 39_999], aged(30)),
        ...lane(SOURCE, DESTINATION, 80, [40_060], aged(30)),
      ],
      { reserved: [40_090] },
    );
    expect(lanes.map(({ counted }) => counted)).toEqual([1]);
    expect(look.plan.size).toBe(1);
  });

  it('knows no lane that does not match', () => {
    const { lanes, look } = lookAt(
      [
        ...lane(SOURCE, DESTINATION, 80, ports(40_000, 40_004), aged(30)),
        ...lane(SOURCE, DESTINATION, 81, ports(40_000, 40_004), aged(30)),
        ...lane(SOURCE, '10.0.2.9', 80, ports(40_000, 40_004), aged(30)),
        ...lane('10.0.0.6', DESTINATION, 80, ports(40_000, 40_004), aged(30)),
      ],
      { pattern: `${SOURCE}>10.0.1.0/24:80` },
    );
    expect(lanes.map(({ counted }) => counted)).toEqual([5]);
    expect(look.plan.size).toBe(5);
  });

  it('counts live sockets on ports that connect() skips beside those that it tries first', () => {
    const { lanes } = lookAt(lane(SOURCE, DESTINATION, 80, [40_000, 40_002, 40_003]), { blocked: [40_002] });
    expect(lanes[0]).toMatchObject({ counted: 3, beside: 2 });
  });
});
