import { describe, expect, it } from 'vitest';
import { machineLike } from '../../../test/kit/machines.ts';
import { laneReport } from '../../../test/kit/reports.ts';
import type { LaneReport } from '../report.ts';
import { causesOf, describeHeld, explainHeld, folkloreFor, remediesFor } from './by-cause.ts';
import { groupLanes, type LaneGroup } from './lane-groups.ts';

function group(states: Readonly<Record<string, number>>, more: Partial<LaneReport> = {}): LaneGroup {
  return groupLanes([laneReport(['10.0.0.5', '10.0.1.9', 8080], states, more)])[0] as LaneGroup;
}

const ids = (states: Readonly<Record<string, number>>, more?: Partial<LaneReport>): string[] =>
  remediesFor(group(states, more)).map(({ id }) => id);

const MORE_SLOTS = [
  ...['wider-range', 'more-destination-addresses', 'more-destination-ports', 'more-source-addresses'],
  ...['spread-sources', 'spread-destinations'],
];

describe('what holds the slots of a lane', () => {
  it.each([
    [{ TIME_WAIT: 27_791, ESTABLISHED: 120 }, '27,791 in TIME_WAIT and 120 open'],
    [{ ESTABLISHED: 5, SYN_RECV: 1 }, '6 open'],
    [
      { FIN_WAIT1: 1, FIN_WAIT2: 2, CLOSING: 3, LAST_ACK: 4, CLOSE_WAIT: 9, SYN_SENT: 8 },
      '10 closing, 9 in CLOSE_WAIT and 8 in SYN_SENT',
    ],
    [{}, ''],
  ])('of %o is told as "%s"', (states, text) => {
    expect(describeHeld(group(states).held)).toBe(text);
  });

  it.each([
    [{ TIME_WAIT: 100 }, ['time-wait']],
    [{ TIME_WAIT: 76, ESTABLISHED: 24 }, ['time-wait']],
    [{ TIME_WAIT: 75, ESTABLISHED: 25 }, ['time-wait', 'open']],
    [{ CLOSE_WAIT: 60, TIME_WAIT: 40 }, ['close-wait', 'time-wait']],
    [{}, []],
  ])('of %o has the causes %o', (states, causes) => {
    expect(causesOf(group(states).held)).toEqual(causes);
  });
});

describe('the remedies', () => {
  it('against TIME_WAIT shorten it, avoid it, and give more slots', () => {
    expect(ids({ TIME_WAIT: 100 })).toEqual([
      ...['tcp-tw-reuse', 'keep-connections', 'close-from-other-end', 'recycle-time-wait'],
      ...[...MORE_SLOTS, 'tcp-tw-recycle'],
    ]);
  });

  it('against open connections give more slots', () => {
    expect(ids({ ESTABLISHED: 100 })).toEqual(MORE_SLOTS);
  });

  it('against a leak is to close, against silence to give up sooner', () => {
    expect(ids({ CLOSE_WAIT: 100 })).toEqual(['close-what-leaks']);
    expect(ids({ SYN_SENT: 100 })).toEqual(['connect-timeout']);
  });

  it('have each once where there are two causes', () => {
    const found = ids({ ESTABLISHED: 50, TIME_WAIT: 50 });
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(['tcp-tw-reuse', 'wider-range']));
  });

  it('do not turn on tcp_tw_reuse where it applies already', () => {
    const remedies = ids({ TIME_WAIT: 100 }, { reuse: true });
    expect(remedies).not.toContain('tcp-tw-reuse');
    expect(remedies).toContain('shorter-reuse-delay');
    expect(ids({ ESTABLISHED: 100 }, { reuse: true })).not.toContain('shorter-reuse-delay');
  });

  it('of sockets bound before they connect begin with late binding, and have none that bind() takes no notice of', () => {
    const found = ids({ TIME_WAIT: 100 }, { pool: 'source' });
    expect(found[0]).toBe('bind-address-no-port');
    expect(found).toContain('more-source-addresses');
    const useless = ['tcp-tw-reuse', 'more-destination-addresses', 'more-destination-ports'];
    for (const id of [...useless, 'spread-sources', 'spread-destinations']) expect(found).not.toContain(id);
  });
});

describe('folklore', () => {
  it.each([
    [{ TIME_WAIT: 1 }, ['tcp_fin_timeout', 'tcp_tw_recycle', 'tcp_max_tw_buckets', 'conntrack', 'open files']],
    [{ CLOSE_WAIT: 1 }, ['sysctl']],
    [{ SYN_SENT: 1 }, ['tcp_fin_timeout', 'open files']],
  ])('that does not help against %o is named', (states, words) => {
    const unhelpful = folkloreFor(group(states)).map(({ what }) => what);
    expect(unhelpful).toHaveLength(words.length);
    for (const [index, word] of words.entries()) expect(unhelpful[index]).toContain(word);
  });

  it('never calls tcp_fin_timeout useless where FIN_WAIT2 holds the slots', () => {
    expect(folkloreFor(group({ FIN_WAIT2: 1 })).some(({ what }) => what.includes('fin_timeout'))).toBe(false);
  });
});

describe('the explanation', () => {
  it('of TIME_WAIT has the rate that the slots last for', () => {
    expect(explainHeld(group({ TIME_WAIT: 100 }), machineLike())).toBe(
      'Where this end closes first, the kernel keeps the slot in TIME_WAIT for about 61 s more: 28,231 slots last for 463 new connections per second and no more. TIME_WAIT belongs to no process: ending the program frees none.',
    );
  });

  it('of TIME_WAIT with reuse says what reuse does not take', () => {
    const text = explainHeld(group({ TIME_WAIT: 100 }, { reuse: true }), machineLike({ tcpTwReuseDelaySeconds: 5 }));
    expect(text).toContain('takes over only those that are older than 5 s.');
  });

  it('has a part for each cause', () => {
    const text = explainHeld(group({ CLOSE_WAIT: 50, SYN_SENT: 50 }), machineLike());
    expect(text).toMatch(/^In CLOSE_WAIT .*\. In SYN_SENT .*\.$/);
  });
});
