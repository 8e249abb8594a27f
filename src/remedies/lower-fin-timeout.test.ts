import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { lowerFinTimeout } from './lower-fin-timeout.ts';

const at = (tcpFinTimeoutSeconds: number | null, more = {}) => machineLike({ tcpFinTimeoutSeconds, ...more });
const SET_TO_15 = [{ kind: 'sysctl', setting: 'tcp_fin_timeout', value: '15' }];

describe('a lower tcp_fin_timeout', () => {
  it.each([16, 30, 60, 68, 70, 120, null])('is 15 where it was %s', (now) => {
    expect(lowerFinTimeout.changes?.(at(now))).toEqual(SET_TO_15);
    expect(lowerFinTimeout.missing(at(now))).toEqual([]);
    expect(lowerFinTimeout.byHand(situationLike({ machine: at(now) }))[0]?.text).toBe(
      'sysctl -w net.ipv4.tcp_fin_timeout=15',
    );
  });

  it.each([
    [5, '5 s'],
    [15, '15 s'],
    [61, '2 s'],
    [67, '14 s'],
  ])('is none where %i makes %s already', (now, seconds) => {
    expect(lowerFinTimeout.changes?.(at(now))).toEqual([]);
    expect(lowerFinTimeout.byHand(situationLike({ machine: at(now) }))).toEqual([]);
    expect(lowerFinTimeout.missing(at(now))).toEqual([
      { kind: 'setting', text: `tcp_fin_timeout is ${now}: an orphan FIN_WAIT2 socket already goes after ${seconds}` },
    ]);
  });

  it('is set in the namespace that it is about', () => {
    const machine = at(60, { commandPrefix: 'ip netns exec web' });
    expect(lowerFinTimeout.byHand(situationLike({ machine }))[0]?.text).toBe(
      'ip netns exec web sysctl -w net.ipv4.tcp_fin_timeout=15',
    );
  });

  it('needs root', () => {
    expect(lowerFinTimeout.missing(at(60, { capabilities: new Set<string>() }))).toMatchObject([{ kind: 'privilege' }]);
  });

  it('tells how long the kernel waits now, by the seconds that the value makes', () => {
    const reasonAt = (now: number | null): string => lowerFinTimeout.safety(situationLike({ machine: at(now) })).reason;
    expect(reasonAt(90)).toBe(
      'this end has closed such a connection already, and waits 60 s now: an other end that takes longer than 15 s to close is answered by a reset',
    );
    expect(reasonAt(null)).toBe(
      'this end has closed such a connection already: an other end that takes longer than 15 s to close is answered by a reset',
    );
  });

  it('gives a lane nothing: TIME_WAIT lasts as long', () => {
    const { model } = laneFactsLike();
    expect(lowerFinTimeout.predict(model, at(60))).toEqual(model);
  });
});
