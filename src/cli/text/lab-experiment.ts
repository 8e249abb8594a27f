import type { ExperimentReport, ExperimentResult } from '../../lab/lab-report.ts';
import { formatSeconds } from '../../tcp/number-text.ts';
import { renderFindings } from './lab-findings.ts';
import { renderPlot } from './lab-plot.ts';
import { renderLabTable } from './lab-table.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';

/** Of a reason: what breaks off may tell a whole stack. */
const MOST_LINES = 12;

const COLOURS = { agrees: 'green', differs: 'red', failed: 'red', skipped: 'yellow' } as const;

/** What an experiment asks, and what came of it. */
export function renderExperiment(report: ExperimentReport, screen: Screen): string {
  const { name, question, plots, tables, notes } = report;
  const title = wrap(`${name}: ${question}`, screen.width, INDENT);
  const blocks = [
    [
      style(screen, 'bold', title),
      ...renderAbout(report, screen),
      ...renderReason(report, screen),
      ...renderFindings(report, screen),
    ],
    ...plots.map((plot) => renderPlot(plot, screen)),
    ...tables.map((table) => renderLabTable(table, screen)),
    ...(notes.length === 0 ? [] : [notes.map((note) => wrap(`${INDENT}Note: ${note}`, screen.width, `${INDENT}  `))]),
  ];
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

function renderAbout({ remedies, seconds, result }: ExperimentReport, screen: Screen): string[] {
  if (result === 'skipped') return [];
  const tested = remedies.length === 0 ? '' : `; puts to the test ${remedies.join(', ')}`;
  const text = `${INDENT}took ${formatSeconds(seconds)}${tested}`;
  return [style(screen, 'dim', wrap(text, screen.width, `${INDENT}  `))];
}

const BROKEN: Readonly<Partial<Record<ExperimentResult, string>>> = { skipped: 'SKIPPED', failed: 'FAILED' };

function renderReason({ result, reason }: ExperimentReport, screen: Screen): string[] {
  const word = BROKEN[result];
  if (word === undefined || reason === null) return [];
  const [first = '', ...more] = reason.split('\n');
  const line = wrap(`${INDENT}${word} ${first}`, screen.width, `${INDENT}  `);
  const shown = more.slice(0, MOST_LINES);
  const cut = more.length - shown.length;
  return [
    INDENT + style(screen, COLOURS[result], word) + line.slice(INDENT.length + word.length),
    ...shown.map((text) => wrap(`${INDENT}  ${text.trim()}`, screen.width, `${INDENT}    `)),
    ...(cut === 0 ? [] : [`${INDENT}  and ${cut} more lines: --json has them`]),
  ];
}
