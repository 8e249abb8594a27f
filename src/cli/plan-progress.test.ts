import { describe, expect, it } from 'vitest';
import { PlanProgress } from './plan-progress.ts';

function written(isTTY: boolean, environment: NodeJS.ProcessEnv, shares: readonly number[]): string[] {
  const texts: string[] = [];
  const progress = new PlanProgress({ isTTY, write: (text) => texts.push(text) }, environment);
  for (const share of shares) progress.show(share);
  progress.end();
  return texts.map((text) => text.replace('\r\u001b[K', '<'));
}

describe('the progress of a simulation', () => {
  it('is one line on a terminal, written anew when it has changed, and gone at the end', () => {
    expect(written(true, {}, [0, 0.004, 0.25, 0.251, 1])).toEqual([
      '<simulating: 0%',
      '<simulating: 25%',
      '<simulating: 100%',
      '<',
    ]);
  });

  it('is not written where nobody watches, or nothing was shown', () => {
    expect(written(false, {}, [0, 1])).toEqual([]);
    expect(written(true, { TERM: 'dumb' }, [0, 1])).toEqual([]);
    expect(written(true, {}, [])).toEqual([]);
  });
});
