import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { EMPTY_PLOT, EMPTY_TABLE, experiment, finding, LAB_REPORTS, labReport } from '../../../test/kit/lab-reports.ts';
import { parsePage } from '../../../test/kit/page-markup.ts';
import type { ExperimentReport, LabReport, Plot, Table } from '../lab-report.ts';
import { renderLabPage } from './render-page.ts';
import { LAB_STYLE } from './style.ts';

const ALL = labReport([...LAB_REPORTS.agrees.experiments, ...LAB_REPORTS.differs.experiments.slice(1)]);

/** What a reader sees, with the titles and descriptions of the drawings. */
function textOf(page: string): string {
  return page
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

function count(page: string, name: string): number {
  return parsePage(page).filter((tag) => tag.name === name).length;
}

describe('the page of a lab', () => {
  it('is as it was', () => {
    expectGolden('lab-page.txt', renderLabPage(ALL));
  });

  it('has the headline, where it was run, and each experiment with its question', () => {
    const text = textOf(renderLabPage(ALL));
    expect(text).toContain('3 of 6 experiments agree with their predictions. reuse does not.');
    for (const words of ['Linux 6.18.44', '40000-40999, 1,000 of them', '250', 'a user, in a user namespace']) {
      expect(text).toContain(words);
    }
    for (const { name, question } of ALL.experiments) {
      expect(text).toContain(name);
      expect(text).toContain(question);
    }
  });

  it('shows all of a finding: figures, tolerance, basis and evidence', () => {
    const text = textOf(renderLabPage(labReport([LAB_REPORTS.agrees.experiments[2] as ExperimentReport])));
    for (const words of ['16.39/s', '16.42/s', '+0.20%', '±2%', '1,000 slots / 61.02 s', 'ActiveOpens', '✓ agrees']) {
      expect(text).toContain(words);
    }
  });

  it('says loudly what differs, and why something was skipped or broke off', () => {
    const text = textOf(renderLabPage(ALL));
    expect(text).toContain(
      '1,000 slots predicted (ports 40000-40999), 998 slots measured (TWRecycled of nstat): off by −2 slots',
    );
    expect(text).toContain('haproxy is not installed');
    expect(text).toContain('Error: nginx has ended with 1\n');
    expect(text).toContain('please report it with the output of fourtuple lab run reuse --json');
  });

  it('has a drawing for each plot, with its curves, marks and axes, and a caption for each table', () => {
    const page = renderLabPage(ALL);
    expect(count(page, 'svg')).toBe(2);
    const classes = parsePage(page).map(({ attributes }) => attributes.get('class'));
    // Each curve is in the key too.
    for (const curve of ['curve curve-0', 'curve curve-1']) {
      expect(classes.filter((name) => name === curve)).toHaveLength(4);
    }
    expect(classes.filter((name) => name === 'mark')).toHaveLength(3);
    expect(count(page, 'caption')).toBe(count(page, 'table'));
    // Its overview, where it was run, and what was found.
    expect(count(page, 'table')).toBe(2 + 5 + 1);
  });

  it('gives each drawing a title and a description, each id once, and each link a place', () => {
    const tags = parsePage(renderLabPage(ALL));
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, attributes } of tags) {
      const labels = attributes.get('aria-labelledby')?.split(' ') ?? [];
      expect(ids).toEqual(expect.arrayContaining(labels));
      if (name === 'svg') expect([attributes.get('role'), labels.length]).toEqual(['img', 2]);
      if (name === 'a') expect(ids).toContain(attributes.get('href')?.slice(1));
    }
  });

  it('draws the cliff as a jump on a logarithmic axis, at its mark', () => {
    const page = renderLabPage(ALL);
    const path = /class="curve curve-0" d="M([^"]*)"/.exec(page)?.[1] ?? '';
    const points = path.split('L').map((pair) => pair.split(' ').map(Number) as [number, number]);
    const jump = points.findIndex(([, y], index) => y < (points[index - 1]?.[1] ?? 0) - 50);
    const mark = Number(/class="mark" d="M([\d.]+)/.exec(page)?.[1]);
    expect(points[jump]?.[0]).toBeCloseTo(mark, 0);
    // From 2.49 to 1,150 microseconds, of four powers of ten.
    const height = (points[jump - 1]?.[1] ?? 0) - (points[jump]?.[1] ?? 0);
    expect(height).toBeCloseTo((190 / 4) * Math.log10(1_150 / 2.49), 0);
  });

  it('draws what can be drawn of next to nothing', () => {
    const page = renderLabPage(
      labReport([experiment({ plots: [EMPTY_PLOT], tables: [EMPTY_TABLE], findings: [finding({ predicted: 0 })] })]),
    );
    expect(count(page, 'svg')).toBe(1);
    expect(textOf(page)).toContain('none: no points.');
  });

  it('uses no variable that it does not set', () => {
    const set = new Set([...LAB_STYLE.matchAll(/(--[a-z]+):/g)].map(([, name]) => name));
    const used = new Set([...LAB_STYLE.matchAll(/var\((--[a-z]+)\)/g)].map(([, name]) => name));
    expect([...used].filter((name) => !set.has(name))).toEqual([]);
  });
});

describe('what may go wrong on the page of a lab', () => {
  it('fetches nothing and runs nothing', () => {
    const page = renderLabPage(ALL);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/url\(|@import|<script|<link|<img|<iframe|<object|<use|javascript:/i);
    for (const { attributes } of parsePage(page)) {
      for (const [name, value] of attributes) {
        expect(name).not.toMatch(/^(?:src|xlink:href|on.*|action|data)$/);
        expect(value).not.toMatch(/https?:|\/\//);
        if (name === 'href') expect(value).toMatch(/^#experiment-\d+$/);
      }
    }
  });

  it.each(['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '</title></style></svg>', '&lt;b&gt; &amp;'])(
    'shows %j as it is, wherever it stands',
    (text) => {
      const evil = (words: string): LabReport => {
        const plot: Plot = {
          ...{ title: words, x: { label: words, unit: 'share' }, y: { label: words, unit: 'count' } },
          ...{ series: [{ name: words, points: [[0, 1]] }], marks: [{ x: 0, label: words }] },
        };
        const table: Table = { title: words, columns: [words], rows: [[words]] };
        const findings = [finding({ what: words, unit: words, basis: words, evidence: words, agrees: false })];
        const more = { findings, plots: [plot], tables: [table], notes: [words], remedies: [words], reason: words };
        return labReport([experiment({ name: words, question: words, result: 'failed', ...more })]);
      };
      const page = renderLabPage(evil(text));
      const names = (one: string): Set<string> => new Set(parsePage(one).map(({ name }) => name));
      expect(names(page)).toEqual(names(renderLabPage(evil('a'))));
      expect(textOf(page)).toContain(text);
    },
  );

  it('never shows a number that is none, whatever the figures', () => {
    fc.assert(
      fc.property(anyExperiment, (one) => {
        const page = renderLabPage(labReport([one]));
        for (const { attributes } of parsePage(page)) {
          for (const value of attributes.values()) expect(value).not.toMatch(/NaN|undefined|Infinity|null/);
        }
        expect(textOf(page)).not.toMatch(/NaN|undefined|Infinity|null/);
      }),
      { numRuns: 200 },
    );
  });
});

const anyFigure = fc.oneof(
  fc.constantFrom(0, 1, -1, 1_000, 5e-324, 1e-7, 1e300),
  fc.integer({ min: 0, max: 65_535 }),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
);
const anyAxis = fc.record({
  label: fc.constantFrom('used', ''),
  unit: fc.constantFrom('share', 'seconds', 'microseconds', 'count', 'per second'),
  isLogarithmic: fc.constantFrom(undefined, true),
});
const anyPlot = fc.record({
  title: fc.constant('title'),
  x: anyAxis,
  y: anyAxis,
  series: fc.array(
    fc.record({ name: fc.constant('curve'), points: fc.array(fc.tuple(anyFigure, anyFigure), { maxLength: 60 }) }),
    { maxLength: 8 },
  ),
  marks: fc.array(fc.record({ x: anyFigure, label: fc.constant('mark') }), { maxLength: 3 }),
}) as fc.Arbitrary<Plot>;
const anyExperiment: fc.Arbitrary<ExperimentReport> = fc
  .record({
    findings: fc.array(
      fc
        .record({
          unit: fc.constantFrom('slots', '/s', 's', ''),
          predicted: anyFigure,
          measured: fc.option(anyFigure),
          agrees: fc.constantFrom(true, false, null),
          tolerance: fc.constantFrom(
            { kind: 'exact' } as const,
            { kind: 'share', share: 0.02 } as const,
            { kind: 'absolute', by: 0.004 } as const,
          ),
        })
        .map(finding),
      { maxLength: 4 },
    ),
    plots: fc.array(anyPlot, { maxLength: 2 }),
    tables: fc.array(
      fc.record({
        title: fc.constant('title'),
        columns: fc.constant(['one', 'two']),
        rows: fc.array(fc.array(fc.oneof(anyFigure, fc.constantFrom(null, 'text')), { maxLength: 3 }), {
          maxLength: 3,
        }),
      }),
      { maxLength: 2 },
    ),
  })
  .map(experiment);
