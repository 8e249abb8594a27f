import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { parsePage } from '../../../test/kit/page-markup.ts';
import { GATEWAY, type PlannedTopology, planned } from '../../../test/kit/planned-topologies.ts';
import { answerPlan, type PlanReport, type TierAnswer } from '../answer.ts';
import type { Topology } from '../topology.ts';
import { renderPage } from './render-page.ts';

const ARTICLE = planned(
  { from: ['client', 4], to: ['proxy', 1], rate: 500 },
  { from: ['proxy', 1], to: ['backend', 2], rate: 500 },
);
const GATEWAYED = planned({ from: ['worker', 10_000], to: ['service', 1000], rate: 1e9, via: GATEWAY });

function render({ topology, report }: PlannedTopology): string {
  return renderPage(topology, report);
}

function named(from: string, to: string): PlannedTopology {
  return planned({ from: [from, 2], to: [to, 1], rate: 100, via: { ...GATEWAY, title: from, source: to } });
}

/** What a reader sees, with the titles and descriptions of the drawings. */
function textOf(page: string): string {
  return page.replace(/<style>[^<]*<\/style>/, '').replace(/<[^>]*>/g, '\n');
}

function count(page: string, name: string): number {
  return parsePage(page).filter((tag) => tag.name === name).length;
}

function tagNames(page: string): Set<string> {
  return new Set(parsePage(page).map(({ name }) => name));
}

describe('the page of a plan', () => {
  it('is as it was', () => {
    expectGolden('plan-page.txt', render(ARTICLE));
  });

  it('has a chart for each tier with traffic, and the drawings of the hosts and the remedies', () => {
    expect(count(render(ARTICLE), 'svg')).toBe(4);
    const silent = planned({ from: ['client', 4], to: ['proxy', 1], rate: null });
    expect(count(render(silent), 'svg')).toBe(2);
  });

  it('gives each drawing a title and a description, and each id once', () => {
    const tags = parsePage(render(ARTICLE));
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, attributes } of tags) {
      const labels = attributes.get('aria-labelledby')?.split(' ') ?? [];
      expect(ids).toEqual(expect.arrayContaining(labels));
      if (name === 'svg') expect([attributes.get('role'), labels.length]).toEqual(['img', 2]);
    }
  });

  it('draws six hosts of many, and says how many more there are', () => {
    const page = render(GATEWAYED);
    expect(parsePage(page).filter(({ attributes }) => attributes.get('class') === 'host')).toHaveLength(12);
    expect(page).toContain('and 9,994 more');
    expect(page).toContain('and 994 more');
  });

  it('draws the gateway, and says where its figures come from', () => {
    const page = render(GATEWAYED);
    expect(parsePage(page).filter(({ attributes }) => attributes.get('class') === 'gateway')).toHaveLength(1);
    expect(page).toContain(`<dd>${GATEWAY.source}</dd>`);
  });

  it('colours lanes by utilization', () => {
    const kinds = [100, 600, 900].map((rate) => {
      const page = render(planned({ from: ['proxy', 1], to: ['backend', 2], rate }));
      return parsePage(page).flatMap(({ name, attributes }) =>
        name === 'path' ? (attributes.get('class')?.match(/^lanes (.*)/)?.[1] ?? []) : [],
      );
    });
    expect(kinds).toEqual([['calm'], ['warm'], ['full']]);
  });

  it('says why there is no chart', () => {
    const { topology, report } = ARTICLE;
    const change = (values: Partial<TierAnswer>): string =>
      renderPage(topology, { ...report, tiers: report.tiers.map((tier) => ({ ...tier, ...values })) });
    expect(change({ sustainableOpensPerSecond: null })).toContain('Ports do not bound how fast');
    expect(change({ sustainableOpensPerSecond: 0 })).toContain('no room on a chart for what it sustains: 0/s');
    expect(change({ slots: 0, slotsPerLane: 0, sustainableOpensPerSecond: 0 })).toContain('It has no slots');
  });

  it('says which remedies together reach the target', () => {
    const { topology } = ARTICLE;
    const asked = (targetOpensPerSecond: number): string =>
      renderPage(topology, answerPlan(topology, { refusalProbability: 1e-6, targetOpensPerSecond }));
    expect(asked(5000)).toMatch(/The cheapest way of proxy → backend to 5,000\/s: [a-z, -]+\. Then it sustains/);
    expect(asked(10)).toContain('proxy → backend reaches 10/s without any remedy.');
  });

  it('shows the present refusals of the answer on its curve, for gateways that do not try all ports too', () => {
    const via = { ...GATEWAY, tries: 1, slotsPerLane: 1000 };
    const { topology } = planned({ from: ['client', 1], to: ['proxy', 1], rate: 1, via });
    const [full] = answerPlan(topology, { refusalProbability: 1e-6, targetOpensPerSecond: null }).tiers;
    const rate = full?.sustainableOpensPerSecond ?? 0;
    const traffic = topology.tiers[0]?.traffic;
    if (!traffic) throw new Error('no traffic');
    const loaded: Topology = {
      tiers: topology.tiers.map((tier) => ({ ...tier, traffic: { ...traffic, requestsPerSecond: rate } })),
    };
    const report = answerPlan(loaded, { refusalProbability: 1e-6, targetOpensPerSecond: null });
    const curve = parsePage(renderPage(loaded, report)).find(({ attributes }) => attributes.get('class') === 'refused');
    const points = curve?.attributes.get('d')?.split(/[ML]/).slice(1) ?? [];
    const height = Number(points[100]?.split(' ')[1]);
    expect(report.tiers[0]?.refusalProbability).toBeGreaterThan(0.1);
    expect((246 - height) / 180).toBeCloseTo(report.tiers[0]?.refusalProbability ?? 0, 2);
  });
});

describe('what may go wrong on the page', () => {
  it('fetches nothing and runs nothing', () => {
    for (const page of [render(ARTICLE), render(GATEWAYED)]) {
      expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
      expect(page).not.toMatch(/url\(|@import|<script|<link|<img|<iframe|<object|<use|javascript:/i);
      for (const { attributes } of parsePage(page)) {
        for (const [name, value] of attributes) {
          expect(name).not.toMatch(/^(?:src|href|xlink:href|on.*|action|data)$/);
          expect(value).not.toMatch(/https?:|\/\//);
        }
      }
    }
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onload='x`,
    '</title></style></svg>',
    '<!-- -->',
    '&lt;b&gt; &amp;',
    'データベース 🚀',
    '',
  ])('shows the name %j as it is', (name) => {
    const page = render(named(name, `${name} 2`));
    const plain = render(named('a', 'b'));
    expect(tagNames(page)).toEqual(tagNames(plain));
    const shown = textOf(page)
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&amp;/g, '&');
    expect(shown).toContain(`${name} → ${name} 2`);
  });

  it('never shows a number that is none, whatever the names and the figures', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const page = render(plan);
        for (const { attributes } of parsePage(page)) {
          for (const value of attributes.values()) expect(value).not.toMatch(/NaN|undefined|Infinity|null/);
        }
        expect(textOf(page)).not.toMatch(/NaN|undefined|Infinity|null/);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('<script>', '"', '&', '\u0000', '\u202e', ''),
);
const anyRate = fc.oneof(
  fc.constantFrom(0, 1, 1e9, 5e-324, 1e-7, 1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY),
  fc.double({ min: 0, noNaN: true }),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
);
const anyFigure = fc.option(anyRate, { freq: 8 });
const anyCount = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1e9 }));

const anyAnswer: fc.Arbitrary<Omit<TierAnswer, 'name'>> = fc.record({
  lanes: anyCount,
  slotsPerLane: fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.double({ min: 0, max: 65_535, noNaN: true })),
  slots: anyRate,
  concurrency: anyRate,
  cliffAt: fc.option(fc.integer({ min: 0, max: 65_535 })),
  requestsPerSecond: anyFigure,
  keptConnections: anyFigure,
  keptShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  opensPerSecond: anyFigure,
  holdSeconds: anyFigure,
  afterCloseSeconds: anyFigure,
  used: anyFigure,
  utilization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  sustainableOpensPerSecond: anyFigure,
  sustainableRequestsPerSecond: anyFigure,
  safeOpensPerSecond: anyFigure,
  refusalProbability: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});

const anyTier = fc.record({
  from: fc.tuple(anyName, anyCount),
  to: fc.tuple(anyName, anyCount),
  gateway: fc.constantFrom(undefined, GATEWAY, { ...GATEWAY, tries: 248 }),
  answer: anyAnswer,
});

const anyRemedy = fc.record({ title: anyName, slots: anyRate, sustainableOpensPerSecond: anyFigure, gain: anyFigure });

/** Figures that need not agree with each other. */
const anyPlan: fc.Arbitrary<PlannedTopology> = fc
  .tuple(fc.array(anyTier, { maxLength: 4 }), fc.array(anyRemedy, { maxLength: 4 }), fc.nat(4))
  .map(([tiers, remedies, first]) => {
    const { topology, report } = planned(
      ...tiers.map(({ from, to, gateway }) => ({ from, to, rate: 1, ...(gateway ? { via: gateway } : {}) })),
    );
    const answers = report.tiers.flatMap(({ name }, index) => {
      const answer = tiers[index]?.answer;
      return answer === undefined ? [] : [{ name, ...answer }];
    });
    const tier = report.tiers[first]?.name ?? null;
    const odd: PlanReport = {
      ...report,
      tiers: answers,
      exhaustedFirst: tier,
      remedies: remedies.map((remedy) => ({ ...remedy, id: 'wider-range', tier: tier ?? '' })),
    };
    return { topology, report: odd };
  });
