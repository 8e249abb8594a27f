import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LaneReport } from '../../src/diagnosis/report.ts';
import { type Server, serve } from '../kit/connections.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { type LoadOutcome, openSteadily, type SteadyLoad } from '../kit/steady-load.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

const LOW = 40_000;
/** `npm run bench:forecast` asks for 5 %, of whole lanes and with the machine to itself. */
const TOLERANCE = 0.08;

/** So long after a burst a load begins that would run out before TIME_WAIT is over for it, were it not for the burst's. */
const PAUSE_SECONDS = 44;

/** A lane of its own namespace, with this many slots, towards one server. */
interface Arena {
  readonly slots: number;
  readonly namespace: NetworkNamespace;
  readonly to: Server;
}

function arena(slots: number, tcpTwReuse: number): Arena {
  const namespace = createNamespace();
  const to = inside(namespace, () => {
    setPortRange(LOW, LOW + slots - 1);
    writeSysctl('ipv4.tcp_tw_reuse', tcpTwReuse);
    return serve('127.0.0.1', 9000);
  });
  return { slots, namespace, to };
}

/** What the program says of the lane, and when. */
interface Look {
  readonly at: number;
  readonly lane: LaneReport;
}

async function look({ namespace, to }: Arena): Promise<Look> {
  const before = performance.now();
  const census = await observe({ namespace, mode: 'asking' });
  return { at: (before + performance.now()) / 2, lane: laneOf(census, laneTo(to, '127.0.0.1')) };
}

/** Looks at a load when it has opened these parts of the slots. */
async function watch(
  where: Arena,
  load: Pick<SteadyLoad, 'perSecond' | 'seconds' | 'holdSeconds' | 'client'>,
  parts: readonly number[],
): Promise<{ looks: Look[]; outcome: LoadOutcome }> {
  const looks: Look[] = [];
  const milestones = new Map(
    parts.map((part) => [Math.round(part * where.slots), async () => void looks.push(await look(where))] as const),
  );
  const outcome = await openSteadily({ ...load, to: where.to, namespace: where.namespace, milestones });
  expect(looks).toHaveLength(parts.length);
  return { looks, outcome };
}

/** Holds what was predicted against what came, both in seconds after the look. */
function expectTime(predicted: number | null, at: number, came: number | null, what: string): void {
  expect(came, `${what} came`).not.toBeNull();
  const real = ((came as number) - at) / 1_000;
  expect(predicted, `${what} was predicted, and came after ${real.toFixed(1)} s`).not.toBeNull();
  const error = Math.abs((predicted as number) / real - 1);
  expect(error, `${what}: predicted ${predicted} s, came after ${real.toFixed(2)} s`).toBeLessThan(TOLERANCE);
}

function expectLevel(predicted: number | null, real: number | null): void {
  expect(predicted).not.toBeNull();
  expect(Math.abs((predicted as number) / (real as number) - 1)).toBeLessThan(TOLERANCE);
}

async function runsOut(
  where: Arena,
  load: Parameters<typeof watch>[1],
  { hasCliff = true, parts = [0.25, 0.5] }: { readonly hasCliff?: boolean; readonly parts?: readonly number[] } = {},
): Promise<void> {
  const { looks, outcome } = await watch(where, load, parts);
  for (const { at, lane } of looks) {
    expectTime(lane.secondsToExhaustion, at, outcome.refusedAt, 'exhaustion');
    expect(lane.settlesAt).toBeNull();
  }
  const [first] = looks as [Look];
  if (hasCliff) expectTime(first.lane.secondsToCliff, first.at, outcome.secondPassAt, 'the cliff');
  else expect(first.lane).toMatchObject({ cliffAt: null, secondsToCliff: null });
}

async function runsOutAfterBurst(where: Arena): Promise<void> {
  await openSteadily({ to: where.to, namespace: where.namespace, perSecond: 1_000, seconds: 0.5 });
  await sleep(PAUSE_SECONDS * 1_000);
  await runsOut(where, { perSecond: 50, seconds: 60 }, { parts: [0.1, 0.5] });
}

async function settles(where: Arena, load: Parameters<typeof watch>[1], parts: readonly number[]): Promise<void> {
  const { looks, outcome } = await watch(where, load, parts);
  const { lane: settled } = await look(where);
  expect(outcome.refusedAt).toBeNull();
  for (const { lane } of looks) {
    expect(lane.secondsToExhaustion).toBeNull();
    expectLevel(lane.settlesAt, settled.utilization);
  }
}

describe('the forecast of a lane under a constant load', () => {
  usesPrivateNamespace();

  // All at the same time: each takes its seconds.
  it('comes true: the kernel refuses when it said, begins to search in vain when it said, or goes on as it said', {
    timeout: 180_000,
  }, async () => {
    const whole = [LOW, LOW + 2_999] as const;
    await Promise.all([
      runsOut(arena(3_000, 0), { perSecond: 250, seconds: 60 }),
      runsOut(arena(3_000, 0), { perSecond: 150, seconds: 60, holdSeconds: 2 }),
      // As clients do that want to have no cliff.
      runsOut(arena(3_000, 0), { perSecond: 100, seconds: 60, client: { portRange: whole } }, { hasCliff: false }),
      runsOutAfterBurst(arena(1_500, 0)),
      settles(arena(2_000, 0), { perSecond: 20, seconds: 66 }, [0.1, 0.25, 0.5]),
      // Loopback, where tcp_tw_reuse applies by default: a lane of TIME_WAIT that is nearly all free.
      settles(arena(1_000, 2), { perSecond: 200, seconds: 10 }, [0.5, 1.5]),
    ]);
  });
});
