import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { idleLane, recycledLane, recycleSummary, refusedLane } from '../../../test/kit/recycled.ts';
import type { RecycledLane, RecycleSummary } from '../../recycling/recycle.ts';
import { type LaneOpens, renderRecycleSummary } from './recycle-summary.ts';
import type { Screen } from './screen.ts';

const held = recycledLane({ released: 41_023, used: 14_002, old: 0 });
const crowded = recycledLane({
  ...{ destination: '2001:db8::9', source: '2001:db8::5', released: 1_200, usedMost: 20_900, used: 19_700, old: 0 },
});
const unknown = refusedLane({ safe: null, reason: 'no live connection to judge by' });
const turned = refusedLane({ port: 8443, released: 5_210 });
const run = { seconds: 600.04, looks: 1_201, cpuSeconds: 4.31, destroySeconds: 0.029, gone: 12 };
const opens: OpensOf = ({ destination }) => {
  if (destination === held.destination) return { mean: 9_120.4, most: 10_344, sustainable: 27_678.4 };
  return destination === crowded.destination ? { mean: 130, most: 131, sustainable: null } : null;
};

type OpensOf = (lane: RecycledLane) => LaneOpens | null;
const SUMMARIES: Readonly<Record<string, readonly [RecycleSummary, OpensOf?]>> = {
  once: [recycleSummary([recycledLane({ used: 14_131 }), refusedLane(), idleLane()])],
  unpredicted: [recycleSummary([recycledLane({ used: 17_400, old: 1_920 })], { gone: 1 })],
  held: [recycleSummary([held, crowded, unknown, turned], run), opens],
  short: [recycleSummary([recycledLane({ old: 0 })], { seconds: 0.4 }), () => null],
  nothing: [recycleSummary([idleLane()])],
  none: [recycleSummary([], { seconds: 1.5, looks: 3, cpuSeconds: 0.02 }), opens],
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

describe('the summary of recycling as text', () => {
  describe.each(Object.entries(SUMMARIES))('that is %s', (name, [summary, opensOf]) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderRecycleSummary(summary, screen, opensOf);
      expectGolden(`recycle-summary-${name}-${size}.txt`, text);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });
  });

  const screen: Screen = { width: 400, colour: false, unicode: true };
  const once = (used: number): string => renderRecycleSummary(recycleSummary([recycledLane({ used })]), screen);

  it('says where fewer slots are free than predicted, or more, but for a few', () => {
    expect(once(14_115 + 1_400)).not.toContain('predicted:');
    expect(once(14_115 + 1_500)).toContain('1,500 free slots fewer than predicted');
    expect(once(14_115 - 1_400)).not.toContain('predicted:');
    expect(once(14_115 - 1_500)).toContain('1,500 free slots more than predicted');
  });

  it('never tells a negative number of free slots', () => {
    const lane = recycledLane({ slots: 28_000, usedBefore: 28_232, used: 28_100 });
    expect(renderRecycleSummary(recycleSummary([lane]), screen)).toMatch(/free +0 before.* 0 observed/);
  });
});
