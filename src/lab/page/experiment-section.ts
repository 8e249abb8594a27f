import { type Markup, markup, NOTHING } from '../../plan/page/markup.ts';
import { formatSeconds } from '../../tcp/number-text.ts';
import { describeDifference } from '../figure-text.ts';
import type { ExperimentReport, ExperimentResult } from '../lab-report.ts';
import { differing } from '../verdict.ts';
import { findingsTable, labTable } from './findings-table.ts';
import { plotChart } from './plot-chart.ts';

const RESULTS: Readonly<Record<ExperimentResult, string>> = {
  agrees: '✓ agrees',
  differs: '✗ differs',
  failed: '✗ broke off',
  skipped: '– cannot run here',
};

/** How an experiment has come out: in colour, with a sign and a word. */
export function resultText({ result }: ExperimentReport): Markup {
  return markup`<span class="result ${result}">${RESULTS[result]}</span>`;
}

/**
 * What an experiment asks, and all that came of it.
 *
 * @param id unique within the page
 */
export function experimentSection(report: ExperimentReport, id: string): Markup {
  const { name, question, findings, plots, tables } = report;
  return markup`<section class="experiment" aria-labelledby="${id}">
<h2 id="${id}">${name} ${resultText(report)}</h2>
<p class="question">${question}</p>
${about(report)}
${reason(report)}
${differing(report).map((finding) => markup`<p class="loud"><strong class="differs">Differs:</strong> ${describeDifference(finding)}</p>`)}
${findings.length === 0 ? NOTHING : scroll(findingsTable(report), `${name}: findings`)}
${plots.length === 0 ? NOTHING : markup`<div class="charts">${plots.map((plot, index) => figure(plotChart(plot, `${id}-plot-${index}`), plot.title))}</div>`}
${tables.map((table) => scroll(labTable(table), table.title))}
${notes(report)}
</section>`;
}

function about({ remedies, seconds, result }: ExperimentReport): Markup {
  if (result === 'skipped') return NOTHING;
  const tested = remedies.length === 0 ? '' : ` It puts to the test what is predicted of ${remedies.join(', ')}.`;
  return markup`<p class="about">It took ${formatSeconds(seconds)}.${tested}</p>`;
}

function reason({ result, reason: text }: ExperimentReport): Markup {
  if (text === null) return NOTHING;
  return result === 'skipped'
    ? markup`<p class="skipped">${text}</p>`
    : markup`<pre class="failed">${lines(text)}</pre>`;
}

/** Escaping takes line ends for control characters. */
function lines(text: string): Markup[] {
  return text.split('\n').map((line) => markup`${line}`);
}

/** A table may be wider than a phone. */
function scroll(table: Markup, label: string): Markup {
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

function figure(chart: Markup, title: string): Markup {
  return markup`<figure><h3>${title}</h3>
${chart}</figure>`;
}

function notes({ notes: all }: ExperimentReport): Markup {
  if (all.length === 0) return NOTHING;
  return markup`<ul class="notes">${all.map((note) => markup`<li>${note}</li>`)}</ul>`;
}
