import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import { parseAddress } from '../tcp/address.ts';
import { modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { WatchedLane } from './watched-lane.ts';

const CLEAN: NetworkQuality = { ...(situationLike().network as NetworkQuality), retransmitTimeoutSeconds: 0.5 };
const BAD: NetworkQuality = { ...CLEAN, retransmittedShare: 0.1 };
const HALF = { threshold: { kind: 'share', share: 0.5 }, force: false } as const;
const ONCE = { since: null, ahead: 0 };
const ON = { since: 0.5, ahead: 0.5 };

function laneLike(source = '10.0.0.5', destination = '10.0.1.9'): WatchedLane {
  return new WatchedLane(parseAddress(source), parseAddress(destination), 80, { slots: 1_000, firstPassPorts: 500 });
}

/** A look that finds so many slots, all but `live` in TIME_WAIT, and `closed` of them since the look before. */
function count(lane: WatchedLane, counted: number, live = 0, closed = 0): void {
  lane.clearCounts();
  Object.assign(lane, { counted, timeWait: counted - live, closed });
}

describe('a lane that is watched', () => {
  it('is released above its threshold where its network is clean', () => {
    const lane = laneLike();
    count(lane, 700);
    lane.judge(CLEAN, 0);
    lane.plan(HALF, ONCE);
    expect(lane).toMatchObject({ demand: 200, mayBeReleased: true, isRefused: false });
    expect(lane.toRecycled()).toMatchObject({
      threshold: 500,
      ageSeconds: 1.75,
      safe: true,
      refused: false,
      used: 700,
    });
  });

  it('is left alone below it', () => {
    const lane = laneLike();
    count(lane, 500);
    lane.plan(HALF, ONCE);
    expect(lane).toMatchObject({ demand: 0, isRefused: false });
    expect(lane.toRecycled()).toMatchObject({ safe: null, refused: false, reason: 'nothing is to be released' });
  });

  it('is refused where its network is bad or becomes so, and released where it is no more', () => {
    const lane = laneLike();
    count(lane, 700);
    for (const [seconds, network, isRefused] of [
      [0, CLEAN, false],
      [10, BAD, true],
      [20, CLEAN, false],
    ] as const) {
      lane.judge(network, 1_000 * seconds);
      lane.plan(HALF, ON);
      expect(lane).toMatchObject({ isRefused, mayBeReleased: !isRefused });
    }
    lane.judge(BAD, 30_000);
    lane.plan(HALF, ON);
    expect(lane.toRecycled()).toMatchObject({ safe: false, refused: true, reason: expect.stringContaining('10.0%') });
  });

  it('is neither released nor refused before it was judged', () => {
    const lane = laneLike();
    count(lane, 700);
    lane.plan(HALF, ON);
    expect(lane).toMatchObject({ mayBeReleased: false, isRefused: false });
    expect(lane.toRecycled().reason).toBe('its network has not been measured yet');
  });

  it('is released on a bad network by the word of a person', () => {
    const lane = laneLike();
    count(lane, 700);
    lane.judge(BAD, 0);
    lane.plan({ ...HALF, force: true }, ONCE);
    expect(lane).toMatchObject({ mayBeReleased: true, isRefused: false });
    expect(lane.toRecycled()).toMatchObject({ safe: false, refused: false });
  });

  it('tells its use before, at most, and after what was released at the look', () => {
    const lane = laneLike();
    count(lane, 600);
    lane.plan(HALF, ON);
    count(lane, 900);
    lane.plan(HALF, ON);
    lane.released += 350;
    lane.settle();
    expect(lane.toRecycled()).toMatchObject({ usedBefore: 600, usedMost: 900, used: 550, released: 350 });
    lane.released += 50;
    expect(lane.toRecycled()).toMatchObject({ used: 550, released: 400 });
    expect(lane.fullness).toBe(0.55);
  });

  it('has no more used slots than it has, where a dump shows a socket twice', () => {
    const lane = laneLike();
    count(lane, 1_002);
    lane.plan(HALF, ONCE);
    expect(lane.toRecycled()).toMatchObject({ usedMost: 1_000, used: 1_000 });
    expect(lane.demand).toBe(500);
  });

  it('has a rate from its second look on', () => {
    const lane = laneLike();
    count(lane, 100, 10, 80);
    lane.plan(HALF, { since: null, ahead: 0.5 });
    expect(lane.toRecycled().opensPerSecond).toBeNull();
    count(lane, 150, 20, 40);
    lane.plan(HALF, ON);
    expect(lane.toRecycled().opensPerSecond).toBe(100);
  });

  it('has one at once where it was not there at the look before', () => {
    const lane = laneLike();
    count(lane, 50, 10, 40);
    lane.plan(HALF, ON);
    expect(lane.toRecycled().opensPerSecond).toBe(100);
  });

  it('is released for the opens that are to come', () => {
    const lane = laneLike();
    lane.judge(CLEAN, 0);
    count(lane, 500, 0, 400);
    lane.plan(HALF, { since: null, ahead: 1 });
    expect(lane.demand).toBe(400 + 3 * 20);
  });

  it('sustains what the remedy predicts', () => {
    const lane = laneLike();
    lane.judge(CLEAN, 0);
    count(lane, 600, 20, 40);
    lane.plan(HALF, { since: null, ahead: 0 });
    const model = { lanes: 1, slotsPerLane: 1_000, holdSeconds: 20 / 40, afterCloseSeconds: 61 };
    const predicted = modelSustainableOpensPerSecond(recycleTimeWait.predict(model, machineLike(), CLEAN));
    expect(lane.toRecycled().sustainableOpensPerSecond).toBeCloseTo(predicted, 6);
  });

  it('sustains what is not known where its connections do not end', () => {
    const lane = laneLike();
    count(lane, 600, 600, 0);
    lane.plan(HALF, ON);
    count(lane, 600, 600, 0);
    lane.plan(HALF, ON);
    expect(lane.toRecycled().sustainableOpensPerSecond).toBeNull();
  });

  it('tells how long its oldest TIME_WAIT slot has been one', () => {
    const lane = laneLike();
    count(lane, 10);
    lane.leastLeftMs = 58_750;
    expect(lane.toRecycled().oldestSeconds).toBe(1.25);
    count(lane, 10, 10);
    expect(lane.toRecycled().oldestSeconds).toBeNull();
  });

  it('has the zone of its link-local addresses', () => {
    const lane = laneLike('fe80::5', 'fe80::9');
    lane.survey({ slots: 10, firstPassPorts: null }, 'eth0');
    expect([lane.needsZone, laneLike().needsZone]).toEqual([true, false]);
    expect(lane.toRecycled()).toMatchObject({ source: 'fe80::5%eth0', destination: 'fe80::9%eth0', slots: 10 });
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ])('is safe on loopback: %s', (source, destination) => {
    const lane = laneLike(source, destination);
    count(lane, 700);
    lane.judge({ ...CLEAN, samples: 0 }, 0);
    lane.plan(HALF, ONCE);
    expect(lane.toRecycled()).toMatchObject({ safe: true, refused: false });
  });
});
