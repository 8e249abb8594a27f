import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { LabList } from '../../lab/lab-list.ts';
import { renderLabList } from './lab-list-text.ts';
import type { Screen } from './screen.ts';

const CAPACITY = {
  ...{ name: 'capacity', question: 'How many connections does one lane hold?', remedies: [], seconds: 2, reason: null },
};
const SPREAD = {
  ...{ name: 'spread', question: 'Do several addresses and ports multiply what a client can open?', seconds: 3 },
  ...{ remedies: ['more-destination-addresses', 'more-destination-ports', 'more-source-addresses'], reason: null },
};
const PROXY = {
  ...{ name: 'proxy', question: 'Where does a proxy between clients and backends run out first?', seconds: 12 },
  ...{ remedies: ['keep-connections'], reason: 'haproxy is not installed' },
};
const ABLE: LabList = {
  ...{ schema: 1, runsAs: 'user', reason: null, seconds: 64 },
  experiments: [CAPACITY, SPREAD, { ...PROXY, reason: null }],
};

const LISTS: Readonly<Record<string, LabList>> = {
  able: ABLE,
  one: { ...ABLE, runsAs: 'root', seconds: 2, experiments: [CAPACITY] },
  'missing-program': { ...ABLE, experiments: [CAPACITY, SPREAD, PROXY] },
  unable: {
    ...{ ...ABLE, runsAs: null },
    reason: 'the lab cannot make network namespaces here. Run it as root. The kernel says: Operation not permitted.',
  },
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

describe('the list of experiments as text', () => {
  describe.each(Object.entries(LISTS))('%s', (name, list) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderLabList(list, screen);
      expectGolden(`lab-list-${name}-${size}.txt`, text);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });
  });
});
