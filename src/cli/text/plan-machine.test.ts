import { describe, expect, it } from 'vitest';
import { type PlanOrigin, renderWithOrigin } from './plan-machine.ts';

const WIDE = { width: 60, colour: false, unicode: true };
const ORIGIN: PlanOrigin = { taken: null, growth: null, warnings: [], notes: [] };
const TAKEN = { host: { name: 'proxy.core', kernel: '6.18.44' }, takenAt: '2026-11-20T12:00:00.000Z' };

describe('what a plan is of', () => {
  it('is not told where flags say it', () => {
    expect(renderWithOrigin('The plan.\n', ORIGIN, WIDE)).toBe('The plan.\n');
  });

  it('stands before it, and what is not known after it', () => {
    const origin = { taken: TAKEN, growth: 1.5, warnings: ['a → b is full.'], notes: ['One.', 'Two.'] };
    expect(renderWithOrigin('The plan.\n', origin, { ...WIDE, width: 80 })).toBe(
      'proxy.core · 2026-11-20 12:00:00 UTC · every rate × 1.5, as if it were now\n\n' +
        'WARNING a → b is full.\n\nThe plan.\n\nnote: One.\nnote: Two.\n',
    );
  });

  it('may be a machine of which nothing is known', () => {
    const taken = { host: { name: null, kernel: null }, takenAt: null };
    expect(renderWithOrigin('The plan.\n', { ...ORIGIN, taken }, WIDE)).toMatch(/^a captured machine\n\n/);
  });

  it('fits the screen, and its signs', () => {
    const long = 'How 10.0.0.5 → 10.0.1.9:8080 … is × used. '.repeat(5);
    const text = renderWithOrigin(
      'The plan.\n',
      { taken: TAKEN, growth: 2, warnings: [long], notes: [long] },
      {
        ...WIDE,
        unicode: false,
      },
    );
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(WIDE.width);
  });
});
