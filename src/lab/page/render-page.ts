import { type Markup, markup } from '../../plan/page/markup.ts';
import { formatCount, formatSeconds, UNKNOWN } from '../../tcp/number-text.ts';
import { formatRange, rangeSize } from '../../tcp/port-range.ts';
import type { ExperimentReport, LabReport } from '../lab-report.ts';
import { describeMeaning, describeVerdict } from '../verdict.ts';
import { experimentSection, resultText } from './experiment-section.ts';
import { LAB_STYLE } from './style.ts';

/** What came of a lab as one self-contained page of HTML: nothing is fetched when it is opened, and nothing of it runs. */
export function renderLabPage(report: LabReport): string {
  const { experiments, host } = report;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lab on Linux ${host.kernel}: ${describeVerdict(report)}</title>
<style>${{ markup: LAB_STYLE }}</style>
</head>
<body>
<main>
<h1>Predictions beside measurements on Linux ${host.kernel}</h1>
<p class="headline">${describeVerdict(report)}</p>
${describeMeaning(report).map((text) => markup`<p>${text}</p>`)}
<h2>What was run</h2>
<div class="scroll" role="region" aria-label="Every experiment" tabindex="0">${overview(report)}</div>
<p>Each experiment states what it predicts before it measures, with the functions that plan and the remedies use. What is measured comes from the kernel’s refusals and counters, or from another program.</p>
${place(report)}
${experiments.map((experiment, index) => experimentSection(experiment, idOf(index)))}
</main>
</body>
</html>
`;
  return page.markup;
}

function idOf(index: number): string {
  return `experiment-${index}`;
}

function overview({ experiments }: LabReport): Markup {
  const rows = experiments.map(
    (experiment, index) =>
      markup`<tr><th scope="row"><a href="#${idOf(index)}">${experiment.name}</a></th><td class="text">${resultText(experiment)}</td><td>${agreeing(experiment)}</td><td class="text asks">${experiment.question}</td></tr>`,
  );
  return markup`<table>
<caption>Every experiment, and how it came out.</caption>
<thead><tr><th scope="col">Experiment</th><th scope="col" class="text">Result</th><th scope="col">Agreeing</th><th scope="col" class="text asks">What it asks</th></tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

function agreeing({ findings }: ExperimentReport): string {
  return findings.length === 0
    ? ''
    : `${findings.filter(({ agrees }) => agrees === true).length} of ${findings.length}`;
}

function place({ host, takenAt, durationSeconds }: LabReport): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ['Host', host.name],
    ['Kernel', `Linux ${host.kernel}`],
    ['Ports of a lane', `${formatRange(host.range)}, ${formatCount(rangeSize(host.range))} of them`],
    ['Timer ticks per second', host.ticksPerSecond === null ? UNKNOWN : formatCount(host.ticksPerSecond)],
    ['Run as', host.runsAs === 'root' ? 'root' : 'a user, in a user namespace of its own'],
    ['Begun', takenAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')],
    ['Took', formatSeconds(durationSeconds)],
  ];
  return markup`<table>
<caption>Where it was run: in network namespaces of its own.</caption>
<tbody>${facts.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td class="text">${value}</td></tr>`)}</tbody>
</table>`;
}
