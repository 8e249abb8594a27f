import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { LaneSeries } from '../../agent/history/history.ts';
import { renderHistory, type ShownHistory } from './history-text.ts';
import type { Screen } from './screen.ts';

const START = Date.parse('2026-11-20T02:00:00Z') / 1_000;
const SLOTS = 28_231;
const span = { sinceMs: START * 1_000, untilMs: (START + 3_600) * 1_000 };

/** A lane that holds so many slots in TIME_WAIT at each step; null for a step without a row. */
function series(destination: string, held: readonly (number | null)[], more: Partial<LaneSeries> = {}): LaneSeries {
  const rows = held.flatMap((used, index) => (used === null ? [] : [{ used, time: START + 120 * index }]));
  const all = <T>(value: T): T[] => rows.map(() => value);
  return {
    ...{ namespace: 'host', source: '10.0.0.5', destination, port: 8_080, device: null, stepSeconds: 120 },
    times: rows.map(({ time }) => time),
    ...{ slots: all(SLOTS), used: rows.map(({ used }) => used + 120), live: all(120) },
    ...{ timeWait: rows.map(({ used }) => used), reclaimable: all(0) },
    opensPerSecond: rows.map(({ used }) => used / 60),
    ...{ secondsToCliff: all(null), secondsToExhaustion: all(null) },
    refusedConnects: rows.map(({ used }) => (used + 120 >= SLOTS ? 812 : 0)),
    ...more,
  };
}

const steps = (use: (index: number) => number | null): (number | null)[] =>
  Array.from({ length: 30 }, (_, index) => use(index));
const exhausted = series(
  '10.0.1.9',
  steps((index) => (index < 12 ? 900 * index : Math.min(SLOTS - 120, 10_000 + 2_000 * (index - 11)))),
);
const interrupted = series(
  '10.0.1.8',
  steps((index) => (index > 9 && index < 15 ? null : 15_000 - 100 * index)),
);
const idle = series(
  '2001:db8:1::9',
  steps(() => 12),
  { source: '2001:db8::5', port: 443 },
);
const unknown = series(
  '10.0.1.7',
  steps(() => 27_000),
  {
    ...{ reclaimable: steps(() => null), opensPerSecond: steps(() => null), refusedConnects: steps(() => null) },
  },
);
const other = series(
  '10.0.2.1',
  steps((index) => 100 * index),
  { namespace: 'web', device: 'vrf-blue' },
);

const WIDTHS: readonly Screen[] = [80, 120].map((width) => ({ width, colour: false, unicode: true }));
const ASCII: Screen = { width: 120, colour: false, unicode: false };

const SHOWN: Readonly<Record<string, Omit<ShownHistory, 'span' | 'recorded'>>> = {
  list: { lanes: [exhausted, unknown, interrupted, idle], top: 20, isOne: false },
  namespaces: { lanes: [exhausted, interrupted, other, idle], top: 3, isOne: false },
  lane: { lanes: [exhausted], top: 3, isOne: true },
  'lane-gap': { lanes: [interrupted, idle], top: 1, isOne: true },
  'lane-unknown': { lanes: [unknown], top: 3, isOne: true },
  nothing: { lanes: [], top: 20, isOne: false },
};

describe('a history as a person reads it', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'Europe/Vienna'));
  afterEach(() => void vi.unstubAllEnvs());

  it.each(Object.entries(SHOWN))('is laid out: %s', (name, shown) => {
    for (const screen of [...WIDTHS, ASCII]) {
      const text = renderHistory({ span, recorded: span, ...shown }, screen);
      expectGolden(`history-${name}${screen.unicode ? '' : '-ascii'}-${screen.width}.txt`, text);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is what is looked for
      if (!screen.unicode) expect(text).toMatch(/^[\x00-\x7f]*$/);
    }
  });

  it('that is empty says so', () => {
    const text = renderHistory({ span, recorded: null, lanes: [], top: 20, isOne: false }, ASCII);
    expect(text).toContain('The history is empty: fourtuple agent records it.');
  });

  it('is coloured by how full a lane was', () => {
    const colour: Screen = { width: 120, colour: true, unicode: true };
    vi.stubEnv('FORCE_COLOR', '1');
    expectGolden(
      'history-list-colour.txt',
      renderHistory({ span, recorded: span, lanes: [exhausted, interrupted, idle], top: 20, isOne: false }, colour),
    );
  });
});
