import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/agent/metrics/metrics.ts';
import { LANE_LABELS } from '../../src/agent/metrics/scrape.ts';
import { formatCount } from '../../src/tcp/number-text.ts';
import { recordingRules } from '../kit/alert-rules.ts';
import { tableRows } from '../kit/page-table.ts';

const PAGE = new URL('../../docs/metrics.md', import.meta.url);

const SLOTS = 28_232;
/** Of the agent, and of the group of rules. */
const SAMPLE_SECONDS = 1;
const EVALUATION_SECONDS = 5;
/** The alert is silent below it. */
const TAKEN_AT_LEAST = 0.1;

describe('the page about metrics', () => {
  it('has every metric with its labels and what it is', () => {
    const rows = METRICS.map(({ name, kind, labels, help }) => {
      const isOfLane = LANE_LABELS.every((label) => labels.includes(label));
      const others = labels.filter((label) => !isOfLane || !LANE_LABELS.includes(label)).map((label) => `\`${label}\``);
      return `| \`${name}\` | ${kind} | ${[...(isOfLane ? ['lane'] : []), ...others].join(', ')} | ${help} |`;
    }).join('\n');
    expect(tableRows(PAGE, 'The metrics', rows)).toBe(rows);
  });

  it('says how long before the first refusal the alert comes', () => {
    const rows = [1, 5, 10, 15, 30].map((scrapeSeconds) => {
      const delay = SAMPLE_SECONDS + scrapeSeconds + EVALUATION_SECONDS;
      const lead = ((1 - TAKEN_AT_LEAST) * SLOTS) / 1_000 - delay;
      const told = lead > 0 ? `${Math.floor(lead)} s` : 'none';
      const fastest = Math.floor(((1 - TAKEN_AT_LEAST) * SLOTS) / delay / 100) * 100;
      return `| ${scrapeSeconds} s | ${told} | ${formatCount(fastest)} opens per second |`;
    });
    expect(tableRows(PAGE, 'How often', rows.join('\n'))).toBe(rows.join('\n'));
  });

  it('has every recorded series', () => {
    const text = readFileSync(PAGE, 'utf8');
    const [, chapter = ''] = text.split('\n## Recorded series\n');
    const told = [...chapter.matchAll(/^\| `(\S+)` \|/gm)].map(([, name]) => name);
    expect(told).toEqual(recordingRules().map(({ record }) => record));
  });
});
