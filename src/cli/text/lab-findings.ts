import { describeDifference, findingText } from '../../lab/figure-text.ts';
import type { ExperimentReport, Finding } from '../../lab/lab-report.ts';
import { differing } from '../../lab/verdict.ts';
import { toAscii } from './ascii.ts';
import { differsLine } from './lab-differs.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';
import { renderWrappedTable, type WrappedColumn } from './wrapped-table.ts';

const INDENT = '  ';
const NARROWEST_WHAT = 22;
const NARROWEST_BASIS = 18;

/** From here on there is room for what a prediction is computed with. */
const WIDE = 110;

/** Predictions beside measurements, who has measured, and loudly what differs. */
export function renderFindings(report: ExperimentReport, screen: Screen): string[] {
  if (report.findings.length === 0) return [];
  const { head, body } = renderWrappedTable(columnsOf(report.findings, screen), screen.width - INDENT.length);
  return [
    ...head.map((line) => style(screen, 'dim', INDENT + line)),
    ...body.map((line) => INDENT + line),
    ...renderEvidence(report.findings, screen),
    ...differing(report).map((finding) => renderDifference(finding, screen)),
  ];
}

function columnsOf(findings: readonly Finding[], screen: Screen): WrappedColumn[] {
  const say = screen.unicode ? (text: string): string => text : toAscii;
  const texts = findings.map(findingText);
  const paint = (text: string, row: number): string => {
    const agrees = findings[row]?.agrees;
    if (agrees === false) return style(screen, 'red', text);
    return agrees === null ? style(screen, 'yellow', text) : text;
  };
  const column = (title: string, cells: readonly string[], more: Partial<WrappedColumn> = {}): WrappedColumn => ({
    ...{ title, cells: cells.map(say), paint },
    ...more,
  });
  const figures = { align: 'right' } as const;
  const units = texts.map(({ unit }) => unit);
  return [
    column(
      '',
      findings.map((finding) => markOf(finding, screen)),
      { paint: (text, row) => (findings[row]?.agrees === true ? style(screen, 'green', text) : paint(text, row)) },
    ),
    column(
      'WHAT',
      findings.map(({ what }) => what),
      { wrapTo: NARROWEST_WHAT },
    ),
    column(
      'PREDICTED',
      texts.map(({ predicted }) => predicted),
      figures,
    ),
    column(
      'MEASURED',
      texts.map(({ measured }) => measured),
      figures,
    ),
    ...(units.every((unit) => unit === '') ? [] : [column('', units)]),
    column(
      'OFF BY',
      texts.map(({ offBy }) => offBy),
      figures,
    ),
    column(
      'ALLOWED',
      texts.map(({ allowed }) => allowed),
      figures,
    ),
    ...(screen.width < WIDE
      ? []
      : [
          column(
            'PREDICTED FROM',
            findings.map(({ basis }) => basis),
            { wrapTo: NARROWEST_BASIS },
          ),
        ]),
  ];
}

/** How a finding or an experiment has come out, as one sign. */
export function markOf({ agrees }: Pick<Finding, 'agrees'>, { unicode }: Screen): string {
  if (agrees === null) return unicode ? '?' : '??';
  if (agrees) return unicode ? '✓' : 'ok';
  return unicode ? '✗' : 'NO';
}

/** Each witness once. */
function renderEvidence(findings: readonly Finding[], screen: Screen): string[] {
  const witnesses = new Set(findings.flatMap(({ evidence }) => evidence ?? []));
  if (witnesses.size === 0) return [];
  const text = `${INDENT}Measured by ${[...witnesses].join('; ')}.`;
  return [style(screen, 'dim', wrap(text, screen.width, `${INDENT}  `))];
}

function renderDifference(finding: Finding, screen: Screen): string {
  const sentence = describeDifference(finding);
  return differsLine(screen.unicode ? sentence : toAscii(sentence), screen);
}
