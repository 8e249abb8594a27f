import { describe, expect, it } from 'vitest';
import { answerPlan } from '../../src/plan/answer.ts';
import { simulate } from '../../src/plan/simulation/simulate.ts';
import { serve } from '../kit/connections.ts';
import { needsSysctl } from '../kit/kernel-version.ts';
import { addAddress } from '../kit/links.ts';
import { drive, type Load } from '../kit/load.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { tierLike } from '../kit/tiers.ts';

/** None of loopback's: tcp_tw_reuse is what lets slots be taken over. */
const ADDRESS = '10.9.9.1';
const RANGE = { low: 40_000, high: 40_199 };
const SLOTS = 200;
const CYCLES = 4;
const TOLERANCE = 0.02;

/** From when every slot is taken for the first time until each has been taken so many times more. */
async function reachedPerSecond(load: Load): Promise<number> {
  const { openedAt } = await drive(load, (driven) => driven.openedAt.length < SLOTS * (CYCLES + 1));
  const [full, end] = [openedAt[SLOTS - 1] as number, openedAt[SLOTS * (CYCLES + 1) - 1] as number];
  return (SLOTS * CYCLES) / (end - full);
}

describe('the rate that a lane sustains', () => {
  usesPrivateNamespace();
  needsSysctl('ipv4.tcp_tw_reuse_delay');

  it.each([
    { holdSeconds: 0, reuseDelaySeconds: 2 },
    { holdSeconds: 0.5, reuseDelaySeconds: 1 },
  ])('is the planned and the simulated one: %o', async ({ holdSeconds, reuseDelaySeconds }) => {
    setPortRange(RANGE.low, RANGE.high);
    addAddress('lo', `${ADDRESS}/32`);
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 1_000 * reuseDelaySeconds);
    const reached = await reachedPerSecond({ ways: [{ to: serve(ADDRESS, 9000) }], holdSeconds, closes: 'client' });

    const settings = { range: RANGE, reuseDelaySeconds };
    const tier = tierLike({ settings, traffic: { holdSeconds, hold: { kind: 'constant' } } });
    const question = { refusalProbability: 1e-6, targetOpensPerSecond: null };
    const planned = answerPlan({ tiers: [tier] }, question).tiers[0]?.sustainableOpensPerSecond;
    expect(Math.abs(reached / (planned as number) - 1), `${reached} of ${planned}`).toBeLessThan(TOLERANCE);

    const offered = 2 * (planned as number);
    const seconds = 100;
    const { attempts, refusals } = simulate(
      {
        ...{ lanes: 1, slotsPerLane: SLOTS, opensPerSecond: offered, pattern: { kind: 'constant' }, holdSeconds },
        ...{
          hold: { kind: 'constant' },
          afterCloseSeconds: reuseDelaySeconds,
          laneChoice: { kind: 'random' },
          retries: 0,
        },
      },
      { seconds, warmUpSeconds: 10, seed: 1 },
    );
    const simulated = (attempts - refusals) / (seconds - 10);
    expect(Math.abs(reached / simulated - 1), `${reached} of ${simulated}`).toBeLessThan(TOLERANCE);
  });
});
