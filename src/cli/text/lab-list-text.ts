import type { LabList, ListedExperiment } from '../../lab/lab-list.ts';
import { formatWait } from '../../tcp/number-text.ts';
import { toAscii } from './ascii.ts';
import { fitForScreen } from './fit-for-screen.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';
import { renderWrappedTable, type WrappedColumn } from './wrapped-table.ts';

const NARROWEST_TEXT = 16;

const ABOUT =
  'Each experiment states what it predicts, and then measures it on this kernel, in network namespaces of its own: nothing outside of them is touched, and nothing is left.';

/** Every experiment and what it asks, what cannot run here, and how to run the others. */
export function renderLabList(list: LabList, screen: Screen): string {
  const shown = fitForScreen(list, screen);
  const blocks = [
    [wrap(ABOUT, screen.width, '')],
    renderTable(shown.experiments, screen),
    renderUnable(shown, screen),
    renderHow(shown, screen),
  ];
  const text = `${blocks.flatMap((lines) => (lines.length === 0 ? [] : [lines.join('\n')])).join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

function renderTable(experiments: readonly ListedExperiment[], screen: Screen): string[] {
  const column = (
    title: string,
    cell: (experiment: ListedExperiment) => string,
    more: Partial<WrappedColumn> = {},
  ): WrappedColumn => ({
    ...{ title, cells: experiments.map(cell) },
    paint: (text, row) => (experiments[row]?.reason === null ? text : style(screen, 'dim', text)),
    ...more,
  });
  const hasRemedies = experiments.some(({ remedies }) => remedies.length > 0);
  const { head, body } = renderWrappedTable(
    [
      column('NAME', ({ name }) => name),
      column('TAKES', ({ seconds }) => formatWait(seconds), { align: 'right' }),
      column('ASKS', ({ question }) => question, { wrapTo: NARROWEST_TEXT }),
      ...(hasRemedies ? [column('REMEDIES', ({ remedies }) => remedies.join(', '), { wrapTo: NARROWEST_TEXT })] : []),
    ],
    screen.width,
  );
  return [...head.map((line) => style(screen, 'dim', line)), ...body];
}

/** What cannot run here, each with the reason. */
function renderUnable({ reason, experiments }: LabList, screen: Screen): string[] {
  if (reason !== null) return [style(screen, 'red', wrap(`None of them can run here: ${reason}`, screen.width))];
  return experiments.flatMap(({ name, reason: missing }) =>
    missing === null ? [] : [style(screen, 'yellow', wrap(`${name} cannot run here: ${missing}.`, screen.width))],
  );
}

function renderHow({ runsAs, seconds, experiments }: LabList, screen: Screen): string[] {
  const example = experiments.find((experiment) => experiment.reason === null);
  if (runsAs === null || example === undefined) return [];
  const rights = runsAs === 'user' ? ', no root needed' : '';
  return [
    wrap(`To run all, about ${formatWait(seconds)}${rights}: fourtuple lab run`, screen.width),
    wrap(`One or some: fourtuple lab run ${example.name}`, screen.width),
    wrap(`Its hosts, to look around: fourtuple lab shell ${example.name}`, screen.width),
  ];
}
