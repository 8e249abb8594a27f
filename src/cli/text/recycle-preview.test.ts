import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { idleLane, recycledLane, recycleSummary, refusedLane } from '../../../test/kit/recycled.ts';
import type { RecycledLane } from '../../recycling/recycle.ts';
import { type RecyclePreviewText, renderRecyclePreview } from './recycle-preview.ts';
import type { Screen } from './screen.ts';

const full = recycledLane({ used: 28_232, old: 27_740 });
const young = idleLane({ ...{ used: 20_000, usedBefore: 20_000, usedMost: 20_000, old: 0 }, oldestSeconds: 0.61 });
const live = idleLane({ ...young, destination: '10.0.1.7', oldestSeconds: null });

const MORE: RecyclePreviewText = {
  command: "fourtuple fix recycle-time-wait --lane '*>10.0.1.9:8080'",
  missing: [],
  byHand: [
    {
      where: 'shell',
      text: "ss -HKtn state time-wait 'src 10.0.0.5 and dst 10.0.1.9 and dport = :8080' > /dev/null",
      note: 'Releases all TIME_WAIT slots of the lane at once, young ones too, and once only.',
    },
  ],
};

const PREVIEWS: Readonly<Record<string, readonly [readonly RecycledLane[], RecyclePreviewText]>> = {
  full: [[full], MORE],
  refused: [[refusedLane()], MORE],
  unprivileged: [
    [full],
    { ...MORE, missing: ['destroying sockets needs root (CAP_NET_ADMIN), which this process does not have'] },
  ],
  idle: [[young, live, idleLane()], { ...MORE, byHand: [] }],
  many: [
    Array.from({ length: 40 }, (_, index) => ({
      ...([full, refusedLane(), idleLane(), young][index % 4] as RecycledLane),
      destination: `10.0.2.${index + 1}`,
    })),
    MORE,
  ],
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

describe('a dry run of recycling as text', () => {
  describe.each(Object.entries(PREVIEWS))('of lanes that are %s', (name, [lanes, more]) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderRecyclePreview(
        recycleSummary(lanes, { lanesOmitted: name === 'many' ? 312 : 0 }),
        more,
        screen,
      );
      expectGolden(`recycle-preview-${name}-${size}.txt`, text);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });
  });

  it('differs on a terminal with colours only by the colours', () => {
    const render = (colour: boolean): string =>
      renderRecyclePreview(recycleSummary([full]), MORE, { width: 80, colour, unicode: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    const bare = render(true).replace(/\u001b\[\d+m/g, '');
    expect(render(true)).not.toBe(bare);
    expect(bare).toBe(render(false));
  });
});
