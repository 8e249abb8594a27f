import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { shorterReuseDelay } from './shorter-reuse-delay.ts';

const { model } = laneFactsLike();
const reused = { ...model, afterCloseSeconds: 1 };

describe('shorter-reuse-delay', () => {
  it('frees a slot that reuse takes over after a tenth of a second, and no other', () => {
    expect(shorterReuseDelay.predict(reused, machineLike()).afterCloseSeconds).toBe(0.1);
    expect(shorterReuseDelay.predict(model, machineLike())).toEqual(model);
    const machine = machineLike({ tcpTwReuseDelaySeconds: 0.05 });
    expect(shorterReuseDelay.predict({ ...model, afterCloseSeconds: 0.05 }, machine).afterCloseSeconds).toBe(0.05);
  });

  it('sets the delay in milliseconds', () => {
    const situation = situationLike({ lane: laneFactsLike({ reuse: true }) });
    expect(shorterReuseDelay.byHand(situation)[0]?.text).toBe('sysctl -w net.ipv4.tcp_tw_reuse_delay=100');
    expect(shorterReuseDelay.safety(situation)).toMatchObject({ safe: true });
  });

  it.each([
    ['the kernel has no such setting', { kernel: { major: 6, minor: 12 } }, 'needs Linux 6.14, this is 6.12'],
    ['it is short already', { tcpTwReuseDelaySeconds: 0.1 }, 'tcp_tw_reuse_delay is already 100 ms'],
    ['the privilege lacks', { capabilities: new Set<string>() }, 'CAP_NET_ADMIN'],
  ])('cannot be had where %s', (_, more, text) => {
    expect(shorterReuseDelay.missing(machineLike(more))).toMatchObject([{ text: expect.stringContaining(text) }]);
  });

  it('is useless where reuse does not apply', () => {
    const situation = situationLike({ lane: laneFactsLike({ reuse: false }) });
    expect(shorterReuseDelay.safety(situation)).toMatchObject({
      safe: false,
      reason: expect.stringMatching(/^useless/),
    });
  });
});
