import { type Markup, markup, NOTHING } from '../../plan/page/markup.ts';
import { findingText, formatFigure, NOT_MEASURED, withUnit } from '../figure-text.ts';
import type { ExperimentReport, Finding, Table } from '../lab-report.ts';

/** Predictions beside measurements, one row each; nothing where there is none. */
export function findingsTable({ findings, name }: ExperimentReport): Markup {
  if (findings.length === 0) return NOTHING;
  return markup`<table class="findings">
<caption>${name}: predicted, then measured.</caption>
<thead><tr><th scope="col">What</th><th scope="col">Predicted</th><th scope="col">Measured</th><th scope="col">Off by</th><th scope="col">Allowed</th><th scope="col">Result</th><th scope="col" class="text">Predicted from</th><th scope="col" class="text">Measured by</th></tr></thead>
<tbody>${findings.map(row)}</tbody>
</table>`;
}

function row(finding: Finding): Markup {
  const { predicted, measured, unit, offBy, allowed } = findingText(finding);
  const kind = finding.agrees === false ? ' differs' : '';
  const figures = [withUnit(measured, unit), offBy].map((text) => markup`<td class="figure${kind}">${text}</td>`);
  return markup`<tr><th scope="row">${finding.what}</th><td class="figure">${withUnit(predicted, unit)}</td>${figures}<td class="figure">${allowed}</td>${resultCell(finding)}<td class="text">${finding.basis}</td><td class="text">${finding.evidence ?? NOT_MEASURED}</td></tr>`;
}

function resultCell({ agrees }: Finding): Markup {
  if (agrees === null) return markup`<td class="mark unmeasured">not measured</td>`;
  return agrees ? markup`<td class="mark agrees">✓ agrees</td>` : markup`<td class="mark differs">✗ differs</td>`;
}

/** A table that an experiment has made: numbers at the right. */
export function labTable({ title, columns, rows }: Table): Markup {
  const isText = columns.map((_, index) => rows.some((cells) => typeof cells[index] === 'string'));
  const kind = (index: number): Markup => (isText[index] === true ? markup` class="text"` : NOTHING);
  const heads = columns.map((column, index) => markup`<th scope="col"${kind(index)}>${column}</th>`);
  const body = rows.map(
    (cells) =>
      markup`<tr>${columns.map((_, index) => {
        const cell = cells[index] ?? null;
        const text = typeof cell === 'string' ? cell : formatFigure(cell);
        return index === 0 ? markup`<th scope="row">${text}</th>` : markup`<td${kind(index)}>${text}</td>`;
      })}</tr>`,
  );
  return markup`<table>
<caption>${title}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${body}</tbody>
</table>`;
}
