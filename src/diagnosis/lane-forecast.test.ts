import { describe, expect, it } from 'vitest';
import { censusOf, lane, ports, type Scene } from '../../test/kit/scans.ts';
import type { CensusContext } from '../census/census.ts';
import type { ObservedRates } from '../census/observed-rates.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import { forecastLanes, type LaneOutlook } from './lane-forecast.ts';

const SOURCE = '10.0.0.5';
const BACKEND = '10.0.1.9';
const OTHER_BACKEND = '10.0.1.8';
const RANGE = parsePortRange('40000-49999');
const TIME_WAIT_SECONDS = 61;

/** Sockets that have begun their TIME_WAIT one after the other, so many a second, on the ports from one on. */
function closing(perSecond: number, seconds: number, destination = BACKEND, low = 40_000) {
  return Array.from({ length: perSecond * seconds }, (_, index) => {
    const leftMs = Math.max(0, Math.round(60_000 - ((index + 0.5) * 1_000) / perSecond));
    return lane(SOURCE, destination, 80, [low + 2 * index], { leftMs });
  }).flat();
}

const living = (count: number, low = 44_000) => lane(SOURCE, BACKEND, 80, ports(low, low + 2 * count - 2, 2));

interface Given {
  readonly tcpTwReuse?: number | null;
  readonly delaySeconds?: number;
  readonly context?: Partial<CensusContext>;
  readonly observed?: ObservedRates;
}

function outlooks(sockets: Scene['sockets'], given: Given = {}): LaneOutlook[] {
  const { tcpTwReuse = 0, delaySeconds = 1, context = {}, observed } = given;
  const settings = { tcpTwReuse, tcpTwReuseDelaySeconds: delaySeconds, tcpTimestamps: 1 };
  const census = censusOf({ sockets, range: RANGE }, { settings, peerTimestamps: () => true, ...context });
  const lanes = census.lanes();
  const found = forecastLanes(census, lanes, {
    timeWaitSeconds: TIME_WAIT_SECONDS,
    ...(observed === undefined ? {} : { observed: () => observed }),
  });
  return lanes.map(({ index }) => found.get(index) as LaneOutlook);
}

function outlook(sockets: Scene['sockets'], given: Given = {}): LaneOutlook {
  return outlooks(sockets, given)[0] as LaneOutlook;
}

describe('the outlook of a lane', () => {
  it('tells when a load that has begun lately uses it up, and how long a connection lives', () => {
    const found = outlook([...closing(100, 20), ...living(500)]);
    expect(found).toMatchObject({ reuse: false, cliffAt: 5_000, secondsToExhaustion: null });
    expect(found.settlesAt).toBeCloseTo(0.66, 3);
    expect(found.rates.second).toBe(100);
    expect(found.opensPerSecond).toBeCloseTo(100, 1);
    expect(found.holdSeconds).toBeCloseTo(5, 1);
    expect(found.secondsToCliff).toBeCloseTo(25, 0);
    const faster = outlook([...closing(200, 10), ...living(500)]);
    expect(faster).toMatchObject({ settlesAt: null });
    expect(faster.secondsToExhaustion).toBeCloseTo(37.5, 0);
  });

  it('says that a load that has lasted stays as it is', () => {
    const found = outlook(closing(40, 60));
    expect(found).toMatchObject({ secondsToCliff: null, secondsToExhaustion: null });
    expect(found.settlesAt).toBeCloseTo(0.244, 3);
  });

  it('counts the reuse delay where reuse applies, not the time in TIME_WAIT', () => {
    const found = outlook([...closing(40, 60), ...living(300)], { tcpTwReuse: 1, delaySeconds: 2 });
    expect(found).toMatchObject({ reuse: true, secondsToCliff: null, secondsToExhaustion: null });
    expect(found.opensPerSecond).toBeCloseTo(40, 0);
    expect(found.settlesAt).toBeCloseTo((300 + 40 * 2) / 10_000, 4);
  });

  it('knows only what is a fact already where no close shows a rate', () => {
    const unknown = { opensPerSecond: null, holdSeconds: null, settlesAt: null };
    expect(outlook(living(100))).toMatchObject({
      ...unknown,
      ...{ cliffAt: 5_000, secondsToCliff: null, secondsToExhaustion: null },
    });
    const past = lane(SOURCE, BACKEND, 80, ports(40_000, 49_998, 2));
    expect(outlook(past)).toMatchObject({ ...unknown, secondsToCliff: 0, secondsToExhaustion: null });
    const full = [...past, ...lane(SOURCE, BACKEND, 80, ports(40_001, 49_999, 2))];
    expect(outlook(full)).toMatchObject({ ...unknown, secondsToCliff: 0, secondsToExhaustion: 0 });
  });

  it('forecasts nothing where it is not known whether reuse applies', () => {
    const found = outlook(closing(200, 10), { tcpTwReuse: 1, context: { peerTimestamps: () => null } });
    expect(found).toMatchObject({ reuse: null, secondsToCliff: null, secondsToExhaustion: null, settlesAt: null });
    expect(found.opensPerSecond).toBe(200);
  });
});

describe('the outlook of a lane that was watched', () => {
  it('tells when it is used up by what opens and does not close', () => {
    const observed = { opensPerSecond: 50, closesPerSecond: 10, timeWaitsPerSecond: 0, seconds: 2 };
    const found = outlook(living(1_000), { observed });
    expect(found).toMatchObject({ opensPerSecond: 50, holdSeconds: 100, settlesAt: null });
    expect(found.secondsToCliff).toBeCloseTo(100, 6);
    expect(found.secondsToExhaustion).toBeCloseTo(225, 6);
  });

  it('stays as it is where the other end closes as many as are opened', () => {
    const observed = { opensPerSecond: 500, closesPerSecond: 480, timeWaitsPerSecond: 0, seconds: 2 };
    expect(outlook(living(1_000), { observed })).toMatchObject({
      ...{ opensPerSecond: 500, holdSeconds: 2, settlesAt: 0.1, secondsToCliff: null, secondsToExhaustion: null },
    });
  });

  it('counts those that leave TIME_WAIT, and those alone, as held', () => {
    const observed = { opensPerSecond: 100, closesPerSecond: 100, timeWaitsPerSecond: 25, seconds: 2 };
    const found = outlook([...closing(25, 60), ...living(50)], { observed });
    expect(found.settlesAt).toBeCloseTo((50 + 25 * TIME_WAIT_SECONDS) / 10_000, 4);
  });
});

describe('the outlook of a lane whose sockets are bound before they connect', () => {
  it('is that of the pool, which the other lanes of its source use up too', () => {
    const alone = outlook(closing(100, 10, BACKEND, 40_001));
    expect(alone).toMatchObject({ cliffAt: null, secondsToCliff: null, secondsToExhaustion: null });
    expect(alone.settlesAt).toBeCloseTo(0.61, 2);
    const [first, second] = outlooks([
      ...closing(100, 10, BACKEND, 40_001),
      ...closing(100, 10, OTHER_BACKEND, 42_001),
    ]);
    for (const found of [first, second]) {
      expect(found?.opensPerSecond).toBeCloseTo(100, 0);
      expect(found?.secondsToExhaustion).toBeCloseTo(8_000 / 200, 0);
    }
    const [slow] = outlooks([...closing(50, 10, BACKEND, 40_001), ...closing(50, 10, OTHER_BACKEND, 42_001)]);
    // Of 10,000 ports each lane comes to 3,050.
    expect(slow?.settlesAt).toBeCloseTo(3_050 / (3_050 + 3_900), 2);
  });
});
