import { describe, expect, it } from 'vitest';
import { experiment } from '../../test/kit/lab-reports.ts';
import type { ExperimentResult } from './lab-report.ts';
import { describeMeaning, describeVerdict, holds } from './verdict.ts';

const of = (...results: readonly ExperimentResult[]) => ({
  experiments: results.map((result, index) => experiment({ name: 'abcd'[index] ?? '', result })),
});

describe('the verdict', () => {
  it.each<[ExperimentResult[], string, boolean]>([
    [['agrees', 'agrees'], '2 of 2 experiments agree with their predictions.', true],
    [['agrees'], 'a agrees with its predictions.', true],
    [['differs'], 'a does not agree with its predictions.', false],
    [['failed'], 'a broke off.', false],
    [['skipped'], 'a cannot run here.', false],
    [['skipped', 'skipped'], '0 of 2 experiments agree with their predictions. a and b cannot run here.', false],
    [['agrees', 'skipped'], '1 of 2 experiments agrees with its predictions. b cannot run here.', true],
    [['agrees', 'differs'], '1 of 2 experiments agrees with its predictions. b does not.', false],
    [
      ['differs', 'differs', 'differs', 'failed'],
      '0 of 4 experiments agree with their predictions. a, b and c do not. d broke off.',
      false,
    ],
    [[], 'There was no experiment.', false],
  ])('on %j', (results, sentence, isWell) => {
    expect(describeVerdict(of(...results))).toBe(sentence);
    expect(holds(of(...results))).toBe(isWell);
  });

  it('tells what to do about what differs, and nothing where all is well', () => {
    expect(describeMeaning(of('agrees', 'skipped'))).toEqual([]);
    expect(describeMeaning(of('agrees', 'differs'))).toEqual([expect.stringContaining('fourtuple lab run b --json')]);
    expect(describeMeaning(of('failed', 'differs'))).toHaveLength(2);
  });
});
