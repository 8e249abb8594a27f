import { findingText, withUnit } from '../../lab/figure-text.ts';
import type { LabReport } from '../../lab/lab-report.ts';
import { describeMeaning, describeVerdict, differing, holds } from '../../lab/verdict.ts';
import { formatCount } from '../../tcp/number-text.ts';
import { formatRange, rangeSize } from '../../tcp/port-range.ts';
import { toAscii } from './ascii.ts';
import { fitForScreen } from './fit-for-screen.ts';
import { differsLine } from './lab-differs.ts';
import { renderExperiment } from './lab-experiment.ts';
import { renderHead } from './report-head.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** What came of a lab, for people: each experiment, and at last the verdict, which stays on the screen. */
export function renderLab(report: LabReport, screen: Screen): string {
  const shown = fitForScreen(report, screen);
  const blocks = [
    [renderHead(shown, screen, 'measured'), style(screen, 'dim', wrap(describePlace(shown), screen.width))],
    ...shown.experiments.map((experiment) => [renderExperiment(experiment, screen)]),
    renderVerdict(shown, screen),
  ];
  const text = `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

function describePlace({ host: { runsAs, range } }: LabReport): string {
  const who = runsAs === 'root' ? 'as root' : 'as a user, in a user namespace';
  return `${who}, in network namespaces of its own; lanes have ports ${formatRange(range)} (${formatCount(rangeSize(range))})`;
}

/** In one line where all agree; else with what does not, and what that means. */
function renderVerdict(report: LabReport, screen: Screen): string[] {
  const colour = holds(report) ? 'green' : 'red';
  return [
    style(screen, colour, wrap(describeVerdict(report), screen.width)),
    ...report.experiments.flatMap((experiment) =>
      differing(experiment).map((finding) => {
        const { predicted, measured, unit, offBy } = findingText(finding);
        const figures = `${withUnit(predicted, unit)} predicted, ${withUnit(measured, unit)} measured (${offBy})`;
        const text = `${experiment.name}, ${finding.what}: ${figures}`;
        return differsLine(screen.unicode ? text : toAscii(text), screen);
      }),
    ),
    ...describeMeaning(report).map((text) => wrap(text, screen.width)),
  ];
}
