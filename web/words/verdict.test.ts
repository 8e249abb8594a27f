import { describe, expect, it } from 'vitest';
import type { FindingJson } from '../agent/json.ts';
import { laneLike } from './lane-like.ts';
import { judge } from './verdict.ts';

const finding = (severity: FindingJson['severity'], summary: string): FindingJson => ({
  ...{ code: 'any', severity, namespace: 'host', namespaceInode: 1, lane: null, summary, explanation: '' },
  ...{ evidence: {}, remedies: [], unhelpful: [] },
});

const only = (lane: ReturnType<typeof laneLike>) => ({ lane, namespace: null });

describe('the verdict', () => {
  it('is of the worst lane, whatever is the fullest', () => {
    const lanes = [
      laneLike({ used: 27_500, settlesAt: 0.98 }),
      laneLike({ port: 81, used: 9_000, secondsToExhaustion: 40 }),
    ];
    expect(judge(lanes.map(only), [])).toEqual({
      severity: 'critical',
      text: '10.0.0.5 → 10.0.1.9:81 is 31.9% full, and exhausted in 40 s.',
    });
  });

  it('is of the one that is exhausted first, and says how many more there are', () => {
    const lanes = [40, 9, 90].map((secondsToExhaustion, port) => laneLike({ port, used: 9_000, secondsToExhaustion }));
    expect(judge(lanes.map(only), []).text).toContain(
      ':1 is 31.9% full, and exhausted in 9 s. 2 more lanes are like it.',
    );
  });

  it('is a finding where no lane runs out, and a calm sentence where there is none', () => {
    const calm = [laneLike({ used: 12_000, settlesAt: 0.43 })];
    expect(judge(calm.map(only), [finding('warning', 'It leaks.')])).toEqual({
      severity: 'warning',
      text: 'It leaks.',
    });
    expect(judge(calm.map(only), [finding('info', 'By the way.')])).toEqual({
      severity: 'ok',
      text: 'Nothing runs out. The fullest lane, 10.0.0.5 → 10.0.1.9:8080, is 42.5% full; stays at 43%.',
    });
    const unknown = { lane: laneLike({ used: 9_000 }), namespace: 'web' };
    expect(judge([...calm.map(only), unknown], []).text).toContain('Nothing is seen to run out. The fullest lane, ');
    expect(judge([unknown], []).text).toContain('8080 in web, is 31.9% full; how fast it fills is not known.');
    expect(judge([], null)).toEqual({
      severity: 'ok',
      text: 'No connection of this machine holds an ephemeral port now.',
    });
  });
});
