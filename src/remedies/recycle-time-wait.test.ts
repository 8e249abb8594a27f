import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { RECYCLE_AGE_SECONDS, recycleTimeWait } from './recycle-time-wait.ts';
import type { LaneFacts } from './remedy.ts';

const { model } = laneFactsLike();
const good = situationLike().network as NetworkQuality;

describe('recycle-time-wait', () => {
  it('holds a slot for little longer than the age from which on it is released', () => {
    const { afterCloseSeconds } = recycleTimeWait.predict(model, machineLike());
    expect(afterCloseSeconds).toBeGreaterThan(RECYCLE_AGE_SECONDS);
    expect(afterCloseSeconds).toBeLessThan(2 * RECYCLE_AGE_SECONDS);
  });

  it('gives nothing where a slot is held no longer than that', () => {
    const reused = { ...model, afterCloseSeconds: 1 };
    expect(recycleTimeWait.predict(reused, machineLike())).toEqual(reused);
  });

  it('needs Linux 6.0 and CAP_NET_ADMIN', () => {
    expect(recycleTimeWait.missing(machineLike())).toEqual([]);
    expect(recycleTimeWait.missing(machineLike({ kernel: { major: 5, minor: 19 } }))).toMatchObject([
      { kind: 'kernel' },
    ]);
    expect(recycleTimeWait.missing(machineLike({ capabilities: new Set() }))).toMatchObject([{ kind: 'privilege' }]);
  });

  it('is safe on a good private network only', () => {
    expect(recycleTimeWait.safety(situationLike())).toMatchObject({ safe: true });
    expect(recycleTimeWait.safety(situationLike({ network: { ...good, isPrivate: false } })).safe).toBe(false);
    expect(recycleTimeWait.safety(situationLike({ network: { ...good, retransmittedShare: 0.2 } })).safe).toBe(false);
    expect(recycleTimeWait.safety(situationLike({ network: null })).safe).toBeNull();
    const loopback = situationLike({ lane: laneFactsLike({ isLoopback: true }), network: null });
    expect(recycleTimeWait.safety(loopback).safe).toBe(true);
  });

  it.each<[string, Partial<LaneFacts>, string]>([
    ['IPv4', {}, 'src 10.0.0.5 and dst 10.0.1.9 and dport = :8080'],
    [
      'IPv6',
      { source: '2001:db8::5', destination: '2001:db8::9', port: 80 },
      'src [2001:db8::5] and dst [2001:db8::9] and dport = :80',
    ],
    [
      'link-local',
      { source: 'fe80::5%eth0', destination: 'fe80::9%eth0', port: 80 },
      'src [fe80::5] and dst [fe80::9] and dport = :80 and dev = eth0',
    ],
  ])('destroys the TIME_WAIT sockets of the lane by hand: %s', (_, more, filter) => {
    const [instruction] = recycleTimeWait.byHand(situationLike({ lane: laneFactsLike(more) }));
    expect(instruction?.text).toBe(`ss -HKtn state time-wait '${filter}' > /dev/null`);
  });

  it('does so in its namespace', () => {
    const machine = machineLike({ commandPrefix: 'ip netns exec web' });
    const [instruction] = recycleTimeWait.byHand(situationLike({ machine }));
    expect(instruction?.text).toMatch(/^ip netns exec web ss /);
  });
});
