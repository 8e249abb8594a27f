import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatewayLike, type TierChanges, tierLike } from '../../test/kit/tiers.ts';
import { erlangB } from '../tcp/erlang.ts';
import { answerTier, type TierAnswer, tierLoad } from './tier-answer.ts';
import type { Traffic } from './topology.ts';

const PROBABILITY = 1e-6;
/** What a figure may differ by: it is rounded to four digits. */
const ROUNDED = 1.001;

function answer(changes: TierChanges): TierAnswer {
  return answerTier(tierLike(changes), PROBABILITY);
}

const rates = fc.double({ min: 0.1, max: 2_000, noNaN: true });
const holds = fc.double({ min: 0, max: 100, noNaN: true });
const few = fc.integer({ min: 1, max: 20 });
/** A narrow range is answered in no time. */
const settings = { range: { low: 40_000, high: 40_499 } };

describe('the answer for a tier', () => {
  it('says all of a proxy and two backends', () => {
    expect(answer({ to: { hosts: 2 } })).toEqual({
      ...{ name: 'proxy → backend', lanes: 2, slotsPerLane: 28_232, slots: 56_464, concurrency: 56_464 },
      ...{ requestsPerSecond: 500, keptConnections: 0, keptShare: 0, sustainableRequestsPerSecond: 940.3 },
      ...{ cliffAt: 14_116, opensPerSecond: 500, holdSeconds: 0.05, afterCloseSeconds: 60 },
      ...{ used: 30_025, utilization: 0.5318, sustainableOpensPerSecond: 940.3, safeOpensPerSecond: 918.4 },
      refusalProbability: 0,
    });
  });

  it("has the article's figures for its values, and Linux's for Linux's", () => {
    const traffic = { holdSeconds: 0 };
    const article = { range: { low: 32_768, high: 61_000 }, timeWaitSeconds: 120 };
    expect(answer({ settings: article, traffic })).toMatchObject({ slots: 28_233, sustainableOpensPerSecond: 235.3 });
    expect(answer({ traffic })).toMatchObject({ slots: 28_232, sustainableOpensPerSecond: 470.5 });
  });

  it('says the slots alone where no traffic is given', () => {
    expect(answer({ traffic: null })).toEqual({
      ...{
        name: 'proxy → backend',
        lanes: 1,
        slotsPerLane: 28_232,
        slots: 28_232,
        concurrency: 28_232,
        cliffAt: 14_116,
      },
      ...{ requestsPerSecond: null, keptConnections: null, keptShare: null, sustainableRequestsPerSecond: null },
      ...{ opensPerSecond: null, holdSeconds: null, afterCloseSeconds: null, used: null, utilization: null },
      ...{ sustainableOpensPerSecond: null, safeOpensPerSecond: null, refusalProbability: null },
    });
  });

  it('has no bound where no slot is held for any time, and is full where there is none', () => {
    expect(answer({ traffic: { holdSeconds: 0, closes: 'to' } })).toMatchObject({
      ...{ used: 0, utilization: 0, sustainableOpensPerSecond: null, safeOpensPerSecond: null, refusalProbability: 0 },
    });
    const none = { settings: { range: { low: 40_000, high: 40_000 }, listening: [40_000] } };
    expect(answer(none)).toMatchObject({
      ...{ slots: 0, utilization: 1, sustainableOpensPerSecond: 0, safeOpensPerSecond: 0, refusalProbability: 1 },
    });
    expect(tierLoad(tierLike({ ...none, traffic: { requestsPerSecond: 0 } }))).toBe(Number.POSITIVE_INFINITY);
  });

  it('has no cliff where connect() gives none of the slots', () => {
    expect(answer({ settings: { boundBeforeConnect: true } }).cliffAt).toBeNull();
    expect(answer({ via: gatewayLike() }).cliffAt).toBeNull();
  });

  it('says of more than can be sustained how much is used and refused', () => {
    const over = { traffic: { requestsPerSecond: 1_000 } };
    expect(answer(over)).toMatchObject({ used: 60_050, utilization: 1 });
    expect(answer(over).refusalProbability).toBeCloseTo(1 - 28_232 / 60_050, 3);
    expect(tierLoad(tierLike(over))).toBeCloseTo(60_050 / 28_232, 9);
  });

  it('is for the peak of a day', () => {
    const pattern = { kind: 'day', shares: [0.2, 0.1, 0.6] } as const;
    const { requestsPerSecond, ...peak } = answer({ traffic: { requestsPerSecond: 1_000, pattern } });
    expect(requestsPerSecond).toBe(600);
    expect({ requestsPerSecond: 600, ...peak }).toEqual(answer({ traffic: { requestsPerSecond: 600 } }));
    expect(tierLoad(tierLike({ traffic: { requestsPerSecond: 1_000, pattern } }))).toBeCloseTo(
      tierLoad(tierLike({ traffic: { requestsPerSecond: 600 } })) as number,
      12,
    );
  });

  it('counts the round trips in which a connection is opened and closed', () => {
    const traffic = { closes: 'to', holdSeconds: 0.05, roundTripSeconds: 0.1 } as const;
    expect(answer({ traffic })).toMatchObject({
      ...{ holdSeconds: 0.25, afterCloseSeconds: 0, used: 125, sustainableOpensPerSecond: 112_928 },
    });
  });

  it('calls a lower rate safe for bursts, a higher one for even arrivals, lanes in turn and retries', () => {
    const safe = (traffic: Partial<Traffic>): number =>
      answer({ settings, to: { hosts: 4 }, traffic }).safeOpensPerSecond as number;
    expect(safe({ pattern: { kind: 'bursts', size: 50 } })).toBeLessThan(0.8 * safe({}));
    expect(safe({ pattern: { kind: 'constant' } })).toBeGreaterThan(safe({}));
    expect(safe({ laneChoice: { kind: 'round-robin' } })).toBeGreaterThan(1.05 * safe({}));
    expect(safe({ laneChoice: { kind: 'least-used' } })).toBeGreaterThan(1.05 * safe({}));
    expect(safe({ laneChoice: { kind: 'hash', keys: 200 } })).toBe(safe({}));
    expect(safe({ retries: 2 })).toBeGreaterThan(1.02 * safe({}));
    expect(safe({ retries: 2, laneChoice: { kind: 'hash', keys: 200 } })).toBe(safe({}));
  });

  it('scales: ten million lanes are one lane so many times, and are counted by no loop', () => {
    const one = answer({});
    const [hosts, backends] = [10_000, 1_000];
    const traffic = { requestsPerSecond: 500 * hosts * backends };
    const all = answer({ from: { hosts }, to: { hosts: backends }, traffic });
    expect(all).toMatchObject({ lanes: 1e7, utilization: one.utilization, refusalProbability: one.refusalProbability });
    expect((all.safeOpensPerSecond as number) / 1e7).toBeCloseTo(one.safeOpensPerSecond as number, 0);
    // A loop over so many would not end before the test is given up.
    const most = { from: { hosts: 1e8 }, to: { hosts: 1e7 } };
    expect(answer(most).lanes).toBe(1e15);
    for (const kind of ['round-robin', 'least-used'] as const) {
      const asked = {
        pattern: { kind: 'bursts', size: 50 },
        laneChoice: { kind },
        keptPerLane: 32,
        retries: 100,
      } as const;
      expect(answer({ ...most, traffic: asked }).lanes).toBe(1e15);
    }
  });
});

describe('the answer for a tier that keeps connections', () => {
  const kept = { keptPerLane: 232, requestsPerConnection: 100, requestsPerSecond: 30_000, holdSeconds: 0.001 };

  it('has their slots in use, and lanes for the others that are narrower by them', () => {
    // One request in a hundred opens a connection in the place of a worn one; none finds all busy.
    expect(answer({ traffic: kept })).toMatchObject({
      ...{ slotsPerLane: 28_232, slots: 28_232, concurrency: 28_232, cliffAt: 14_116 },
      ...{ requestsPerSecond: 30_000, keptConnections: 232, keptShare: 1, opensPerSecond: 300 },
      ...{
        holdSeconds: 0.001,
        used: 18_232.3,
        sustainableOpensPerSecond: 466.7,
        sustainableRequestsPerSecond: 46_665.9,
      },
    });
    expect(tierLoad(tierLike({ traffic: kept }))).toBeCloseTo(18_232.3 / 28_232, 6);
  });

  it('opens one for each request that finds them busy', () => {
    const endless = { ...kept, keptPerLane: 32, requestsPerConnection: Number.POSITIVE_INFINITY };
    const { keptShare, opensPerSecond, sustainableOpensPerSecond, sustainableRequestsPerSecond } = answer({
      traffic: { ...endless, requestsPerSecond: 25_000 },
    });
    const overflow = erlangB(32, 25);
    expect(keptShare).toBeCloseTo(1 - overflow, 4);
    expect(opensPerSecond).toBeCloseTo(25_000 * overflow, 1);
    // With a few requests more many more find all busy.
    const more = answer({ traffic: { ...endless, requestsPerSecond: sustainableRequestsPerSecond as number } });
    expect(more.opensPerSecond).toBeCloseTo(sustainableOpensPerSecond as number, 0);
    expect(more.requestsPerSecond).toBeLessThan(1.1 * 25_000);
  });

  it('keeps as many in the slots of a source address, or of a gateway', () => {
    const traffic = { ...kept, keptPerLane: 10 };
    const many = { from: { hosts: 2, addresses: 3 }, to: { hosts: 4, ports: 5 } };
    expect(answer({ ...many, traffic }).keptConnections).toBe(6 * 20 * 10);
    const shared = answer({ ...many, traffic, settings: { boundBeforeConnect: true } });
    expect(shared).toMatchObject({ lanes: 6, keptConnections: 1_200 });
    expect(shared.sustainableOpensPerSecond).toBeCloseTo((6 * (28_232 - 200)) / 60.001, 0);
    const passed = answer({ ...many, traffic, via: gatewayLike() });
    expect(passed).toMatchObject({ lanes: 20, keptConnections: 1_200 });
    expect(passed.sustainableOpensPerSecond).toBeCloseTo((20 * (55_000 - 60)) / 120.001, 0);
  });

  it('is full where they take all slots, and has no bound where others take no time', () => {
    expect(answer({ settings, traffic: { ...kept, keptPerLane: 500 } })).toMatchObject({
      ...{ utilization: 1, sustainableOpensPerSecond: 0, safeOpensPerSecond: 0, refusalProbability: 1 },
    });
    expect(answer({ traffic: { ...kept, closes: 'to', holdSeconds: 0 } })).toMatchObject({
      ...{ used: 232, sustainableOpensPerSecond: null, safeOpensPerSecond: null, refusalProbability: 0 },
    });
  });
});

describe('the answer for a tier behind a gateway', () => {
  it("is about the gateway's slots; so many at once as both have", () => {
    const passed = answer({ via: gatewayLike({ addresses: 2 }), traffic: { closes: 'to' } });
    expect(passed).toMatchObject({ lanes: 2, slots: 110_000, concurrency: 28_232, afterCloseSeconds: 120 });
    expect(passed.sustainableOpensPerSecond).toBeCloseTo(110_000 / 120.05, 1);
  });

  it('expects refusals sooner of one that does not try all of its ports', () => {
    const rate = (requestsPerSecond: number, tries: number | null): TierAnswer => {
      const via = gatewayLike({ slotsPerLane: 64_512, tries });
      return answer({ via, from: { hosts: 9 }, traffic: { requestsPerSecond } });
    };
    const [all, some] = [rate(500, null), rate(500, 248)];
    expect(some.safeOpensPerSecond).toBeLessThan(0.96 * (all.safeOpensPerSecond as number));
    expect(some.refusalProbability).toBeGreaterThan(all.refusalProbability as number);
    expect(some.sustainableOpensPerSecond).toBe(all.sustainableOpensPerSecond);
    expect(rate(some.safeOpensPerSecond as number, 248).refusalProbability).toBeCloseTo(PROBABILITY, 7);
  });
});

describe('answers for tiers', () => {
  it('grow in used slots and refusals with the rate', () => {
    fc.assert(
      fc.property(rates, holds, fc.boolean(), (requestsPerSecond, holdSeconds, passes) => {
        const at = (rate: number): TierAnswer => {
          const changes = { settings, traffic: { requestsPerSecond: rate, holdSeconds } };
          return answer(passes ? { ...changes, via: gatewayLike({ slotsPerLane: 400, tries: 20 }) } : changes);
        };
        const [less, more] = [at(requestsPerSecond), at(2 * requestsPerSecond)];
        expect(more.used).toBeGreaterThan(less.used as number);
        expect(more.utilization).toBeGreaterThanOrEqual(less.utilization as number);
        expect(more.refusalProbability).toBeGreaterThanOrEqual(less.refusalProbability as number);
        expect(more.sustainableOpensPerSecond).toBe(less.sustainableOpensPerSecond);
      }),
    );
  });

  it('are never worse with more lanes', () => {
    fc.assert(
      fc.property(rates, few, few, fc.boolean(), (requestsPerSecond, hosts, ports, boundBeforeConnect) => {
        const traffic = { requestsPerSecond };
        const of = (to: { hosts: number; ports: number }): TierAnswer =>
          answer({ from: { hosts: 2 }, to, settings: { ...settings, boundBeforeConnect }, traffic });
        const [less, more] = [of({ hosts, ports }), of({ hosts, ports: ports + 1 })];
        expect(more.refusalProbability).toBeLessThanOrEqual(less.refusalProbability as number);
        expect(more.slots - less.slots).toBe(boundBeforeConnect ? 0 : 2 * hosts * 500);
        expect(more.safeOpensPerSecond).toBeGreaterThanOrEqual(less.safeOpensPerSecond as number);
      }),
    );
  });

  it('call a rate safe at which a lane refuses what was asked, and which is below the sustainable one', () => {
    fc.assert(
      fc.property(holds, few, (holdSeconds, hosts) => {
        const { safeOpensPerSecond, sustainableOpensPerSecond } = answer({
          ...{ settings, to: { hosts }, traffic: { holdSeconds } },
        });
        const safe = safeOpensPerSecond as number;
        expect(safe).toBeLessThan(sustainableOpensPerSecond as number);
        const erlangs = (safe * (holdSeconds + 60)) / hosts;
        expect(erlangB(500, erlangs / ROUNDED)).toBeLessThan(PROBABILITY);
        expect(erlangB(500, erlangs * ROUNDED)).toBeGreaterThan(PROBABILITY);
      }),
    );
  });
});
