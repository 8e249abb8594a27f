import type { PlanReport, RemedyStack, TierAnswer } from '../answer.ts';
import type { Gateway } from '../gateway.ts';
import type { Tier, Topology } from '../topology.ts';
import { rateText } from './figure-text.ts';
import { figuresTable, remediesTable } from './figures-table.ts';
import { headline } from './headline.ts';
import { hasLoadChart, loadChart } from './load-chart.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { remedyBars } from './remedy-bars.ts';
import { simulationSection } from './simulation-section.ts';
import { STYLE } from './style.ts';
import { drawTopology, LEVELS, UNKNOWN_LEVEL } from './topology-drawing.ts';

/** The answer as one self-contained page of HTML: nothing is fetched when it is opened, and nothing of it runs elsewhere. */
export function renderPage(topology: Topology, report: PlanReport): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plan: ${report.exhaustedFirst ?? 'no tier runs out of ports'}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>Where the TCP source ports end</h1>
<p class="headline">${headline(report)}</p>
<h2 id="topology">The tiers</h2>
<section class="scroll" aria-labelledby="topology" tabindex="0">${drawTopology(topology, report)}</section>
${key()}
${loadSection(topology, report)}
${simulationSection(report)}
<h2>What each remedy alone would gain</h2>
${remediesPart(report)}
${stackPart(report.stack)}
<h2 id="figures">All figures</h2>
<section class="scroll" aria-labelledby="figures" tabindex="0">${figuresTable(topology, report)}
${remediesTable(report.remedies)}</section>
${sources(topology)}
</main>
</body>
</html>
`;
  return page.markup;
}

function key(): Markup {
  const levels = LEVELS.map(({ kind, text }) => markup`<li><span class="${kind}"></span>${text}</li>`);
  return markup`<ul class="key">${levels}
<li><span class="${UNKNOWN_LEVEL}"></span>no traffic given, or on the way to a gateway</li></ul>`;
}

function loadSection({ tiers }: Topology, report: PlanReport): Markup {
  const figures = tiers.flatMap((tier, index) => {
    const answer = report.tiers.find(({ name }) => name === tier.name);
    return answer === undefined || answer.opensPerSecond === null ? [] : [loadFigure(tier, answer, index)];
  });
  if (figures.length === 0) return NOTHING;
  return markup`<h2>Utilization over load</h2>
<div class="charts">${figures}</div>`;
}

function loadFigure(tier: Tier, answer: TierAnswer, index: number): Markup {
  const drawn = hasLoadChart(answer) ? loadChart(tier, answer, `load-${index}`) : markup`<p>${whyNoChart(answer)}</p>`;
  return markup`<figure><h3>${tier.name}</h3>
${drawn}</figure>`;
}

function whyNoChart(tier: TierAnswer): string {
  if (tier.slots < 1) return 'It has no slots: no connection can be opened.';
  if (tier.sustainableOpensPerSecond === null) {
    return 'Ports do not bound how fast it opens connections: a slot is free again at once.';
  }
  return `There is no room on a chart for what it sustains: ${rateText(tier.sustainableOpensPerSecond)}.`;
}

function remediesPart({ remedies, exhaustedFirst }: PlanReport): Markup {
  if (remedies.length === 0) return markup`<p>No remedy gains anything here.</p>`;
  return markup`<p>For ${exhaustedFirst ?? remedies[0]?.tier ?? ''}. The scale is logarithmic.</p>
${remedyBars(remedies)}`;
}

function stackPart(stack: RemedyStack | null): Markup {
  if (stack === null) return NOTHING;
  const sustains = stack.sustainableOpensPerSecond;
  const together = sustains === null ? 'ports no longer bound it' : `it sustains ${rateText(sustains)}`;
  const target = rateText(stack.targetOpensPerSecond);
  if (stack.remedies.length === 0) return markup`<p>${stack.tier} reaches ${target} without any remedy.</p>`;
  return markup`<p>The cheapest way of ${stack.tier} to ${target}: ${stack.remedies.join(', ')}. Then ${together}.</p>`;
}

function sources(topology: Topology): Markup {
  const gateways = new Map<string, Gateway>();
  for (const { via } of topology.tiers) if (via !== null) gateways.set(via.id, via);
  if (gateways.size === 0) return NOTHING;
  const entries = [...gateways.values()].map(({ title, source }) => markup`<dt>${title}</dt><dd>${source}</dd>`);
  return markup`<h2>Where the figures of gateways come from</h2>
<dl>${entries}</dl>`;
}
