import { describe, expect, it } from 'vitest';
import { askFleet } from './ask-fleet.ts';
import type { Prometheus } from './prometheus.ts';
import { NOW_QUERY } from './queries.ts';
import type { Row } from './vector.ts';

const NOW = 1_795_294_464.5;

interface Asked {
  readonly query: string;
  readonly at: number | null;
}

/** Tells of so many machines, each with one lane that is exhausted soon. */
function prometheusOf(count: number): Prometheus & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const instances = Array.from({ length: count }, (_, index) => `proxy-${index}:10404`);
  const rows = (query: string): Row[] => {
    if (query === NOW_QUERY) return [{ labels: {}, value: NOW }];
    if (query.startsWith('{__name__=~"fourtuple_build_info')) {
      const name = { __name__: 'fourtuple_last_sample_timestamp_seconds' };
      return instances.map((instance) => ({ labels: { ...name, instance }, value: NOW - 3 }));
    }
    const isOfEach = query.startsWith('min without') || query.startsWith('count without');
    return isOfEach ? instances.map((instance, index) => ({ labels: { instance }, value: index + 1 })) : [];
  };
  return {
    url: 'http://localhost:9090',
    asked,
    async query(query, at) {
      asked.push({ query, at });
      return { rows: rows(query), warnings: ['one store is not reached'] };
    },
  };
}

describe('asking for a fleet', () => {
  it.each([1, 20, 21, 3_000])('takes as many queries for %i machines as for any other number', async (count) => {
    for (const top of [1, 20, Number.POSITIVE_INFINITY]) {
      const prometheus = prometheusOf(count);
      const report = await askFleet(prometheus, { matchers: [], top, lanes: 3 });
      expect(prometheus.asked).toHaveLength(14);
      expect(report).toMatchObject({ machinesTotal: count, machinesOmitted: Math.max(0, count - top) });
      expect(report.machines).toHaveLength(Math.min(count, top));
    }
  });

  it('asks all of it of one instant, that Prometheus takes for now', async () => {
    const prometheus = prometheusOf(2);
    const report = await askFleet(prometheus, { matchers: [], top: 1, lanes: 1 });
    const [first, ...others] = prometheus.asked;
    expect(first).toEqual({ query: NOW_QUERY, at: null });
    expect(others.every(({ at }) => at === NOW)).toBe(true);
    expect(report).toMatchObject({ takenAt: '2026-11-21T20:54:24.500Z', machines: [{ sampleAgeSeconds: 3 }] });
  });

  it('puts what chooses machines into every query, and asks for the lanes of the listed ones', async () => {
    const prometheus = prometheusOf(30);
    const matchers = ['job="proxies"', 'dc!="eu"'];
    await askFleet(prometheus, { matchers, top: 2, lanes: 1 });
    for (const { query } of prometheus.asked.slice(1)) {
      const withoutMatched = query.replaceAll(/\w*\{[^}]*job="proxies", dc!="eu"\}/g, '');
      expect(withoutMatched).not.toMatch(/fourtuple_|\bup\b|\{/);
    }
    const details = prometheus.asked.filter(({ query }) => query.includes('topk'));
    expect(details).toHaveLength(1);
    expect(details[0]?.query).toContain('instance=~"proxy-29:10404|proxy-28:10404"');
  });

  it('passes on each warning once', async () => {
    const { notes } = await askFleet(prometheusOf(1), { matchers: [], top: 1, lanes: 1 });
    expect(notes).toEqual(['Prometheus warns: one store is not reached']);
  });

  it('fails where there is nobody to tell of', async () => {
    const request = { matchers: [], top: 1, lanes: 1 };
    await expect(askFleet(prometheusOf(0), request)).rejects.toThrow('scrapes no agent of fourtuple');
    await expect(askFleet(prometheusOf(0), { ...request, matchers: ['job="x"'] })).rejects.toThrow(
      'scrapes no agent that matches {job="x"}',
    );
    const timeless: Prometheus = { url: 'http://x', query: async () => ({ rows: [], warnings: [] }) };
    await expect(askFleet(timeless, request)).rejects.toThrow('it does not tell the time');
  });
});
