import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { closeWhatLeaks } from './close-what-leaks.ts';

const { model } = laneFactsLike();

describe('close-what-leaks', () => {
  it('ends connections that never end, and no others', () => {
    const heldAfter = (holdSeconds: number) =>
      closeWhatLeaks.predict({ ...model, holdSeconds }, machineLike()).holdSeconds;
    expect([Number.POSITIVE_INFINITY, 12].map(heldAfter)).toEqual([0, 12]);
  });

  it('lists the leaking sockets of the lane, in its namespace', () => {
    const machine = machineLike({ commandPrefix: 'nsenter -t 811 -n' });
    expect(closeWhatLeaks.byHand(situationLike({ machine }))).toMatchObject([
      { where: 'shell', text: 'nsenter -t 811 -n ss -tnp state close-wait src 10.0.0.5 dst 10.0.1.9:8080' },
    ]);
  });

  it('keeps a shell from reading the brackets of IPv6', () => {
    const lane = laneFactsLike({ source: '2001:db8::5', destination: '2001:db8::9' });
    const [{ text } = { text: '' }] = closeWhatLeaks.byHand(situationLike({ lane }));
    expect(text).toBe("ss -tnp state close-wait 'src [2001:db8::5] dst [2001:db8::9]:8080'");
  });
});
