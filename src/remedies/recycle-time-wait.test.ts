import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { recycleAgeSeconds, recycleTimeWait } from './recycle-time-wait.ts';
import type { LaneFacts } from './remedy.ts';

const { model } = laneFactsLike();
const good = situationLike().network as NetworkQuality;

describe('recycle-time-wait', () => {
  it.each<[string, number | null, number]>([
    ['a second, for a local network', 0.2, 1],
    ['a second, where that is the same', 1 / 3.5, 1],
    ['three and a half retransmission timeouts, for a slower one', 0.4, 1.4],
    ['the same of the timeout that the kernel begins with, where none was measured', null, 3.5],
  ])('releases a slot after %s', (_, retransmitTimeoutSeconds, seconds) => {
    const network = { ...good, retransmitTimeoutSeconds };
    expect(recycleAgeSeconds(network)).toBeCloseTo(seconds, 9);
    expect(recycleTimeWait.predict(model, machineLike(), network)).toEqual({
      ...model,
      afterCloseSeconds: recycleAgeSeconds(network),
    });
  });

  it('takes a network that is not known for one that was not measured', () => {
    expect(recycleAgeSeconds(null)).toBe(3.5);
    expect(recycleTimeWait.predict(model, machineLike(), null).afterCloseSeconds).toBe(3.5);
    expect(recycleTimeWait.predict(model, machineLike()).afterCloseSeconds).toBe(3.5);
  });

  it('gives nothing where a slot is held no longer than that', () => {
    const reused = { ...model, afterCloseSeconds: 0.5 };
    expect(recycleTimeWait.predict(reused, machineLike(), good)).toEqual(reused);
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
    const loopback = situationLike({ lane: laneFactsLike({ isLocal: true }), network: null });
    expect(recycleTimeWait.safety(loopback).safe).toBe(true);
  });

  it('tells how long it leaves a slot alone where it is safe', () => {
    expect(recycleTimeWait.safety(situationLike()).reason).toMatch(/; a slot is released after 1 s in TIME_WAIT$/);
    const bad = situationLike({ network: { ...good, isPrivate: false } });
    expect(recycleTimeWait.safety(bad).reason).not.toContain('released');
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
