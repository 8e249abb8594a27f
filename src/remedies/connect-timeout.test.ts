import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { connectTimeout } from './connect-timeout.ts';

const { model } = laneFactsLike();
const network = situationLike().network as NetworkQuality;

describe('connect-timeout', () => {
  it('ends what is not answered, and leaves what ends sooner', () => {
    const heldAfter = (holdSeconds: number) =>
      connectTimeout.predict({ ...model, holdSeconds }, machineLike()).holdSeconds;
    expect([Number.POSITIVE_INFINITY, 127, 0.003].map(heldAfter)).toEqual([3, 3, 0.003]);
  });

  it('is safe where the round trip leaves time for a lost SYN', () => {
    const near = connectTimeout.safety(situationLike({ network: { ...network, roundTripSeconds: 0.0002 } }));
    expect(near).toEqual({ safe: true, reason: 'the round trip is 0.2 ms here, and 3 s allow for one lost SYN' });
    expect(connectTimeout.safety(situationLike({ network: { ...network, roundTripSeconds: 2.5 } })).safe).toBe(false);
  });

  it('cannot be judged where no live connection tells the round trip', () => {
    expect(connectTimeout.safety(situationLike({ network: null })).safe).toBeNull();
    expect(connectTimeout.safety(situationLike({ network: { ...network, roundTripSeconds: null } })).safe).toBeNull();
  });

  it('offers the kernel’s own limit, in the right namespace, where the program is not known', () => {
    const lane = laneFactsLike({ program: null });
    const [first, ...others] = connectTimeout.byHand(
      situationLike({ lane, machine: machineLike({ commandPrefix: 'ip netns exec web' }) }),
    );
    expect(first).toMatchObject({ where: 'shell', text: 'ip netns exec web sysctl -w net.ipv4.tcp_syn_retries=1' });
    expect(others).toHaveLength(3);
  });
});
