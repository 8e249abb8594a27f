import type { HistorySpan, LaneSeries, SeriesQuery } from '../agent/history/history.ts';
import { historyFile } from '../agent/history/history-file.ts';
import { openHistoryReader } from '../agent/history/open-reader.ts';
import { isNamedBy } from '../diagnosis/report-narrow.ts';
import { checkSpan, type HistoryFlags } from './history-flags.ts';
import { print } from './output.ts';

const [TOP_LISTED, TOP_SHOWN, TOP_JSON] = [20, 3, 1_000];
/** Of a lane that is shown, as many rows as fill a screen; of one that is listed, enough for its picture. */
const [ROWS_SHOWN, ROWS_LISTED] = [30, 120];
const ALL = Number.MAX_SAFE_INTEGER;

/** `fourtuple history`. */
export async function history(flags: HistoryFlags): Promise<void> {
  checkSpan(flags);
  const reader = await openHistoryReader(flags.history ?? historyFile(process.env));
  try {
    const span = spanOf(flags, reader.span());
    if (flags.json === true) {
      const { writeHistory } = await import('./history-json.ts');
      await writeHistory(span, reader.series(queryOf(flags, span, ALL, flags.top ?? TOP_JSON)), print);
      return;
    }
    const isOne = flags.lane !== undefined;
    const top = flags.top ?? (isOne ? TOP_SHOWN : TOP_LISTED);
    const lanes: readonly LaneSeries[] = reader.series(queryOf(flags, span, isOne ? ROWS_SHOWN : ROWS_LISTED, ALL));
    const { renderHistory } = await import('./text/history-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    const screen = screenOf(process.stdout, process.env);
    await print(renderHistory({ span, recorded: reader.span(), lanes, top, isOne }, screen));
  } finally {
    reader.close();
  }
}

/** Before the first sample there is nothing to show. */
function spanOf({ since, until }: HistoryFlags, recorded: HistorySpan | null): HistorySpan {
  const first = recorded?.sinceMs ?? since;
  return { sinceMs: first > since && first < until ? first : since, untilMs: until };
}

function queryOf({ lane, netns }: HistoryFlags, span: HistorySpan, mostRows: number, mostLanes: number): SeriesQuery {
  return {
    ...span,
    ...{ mostRows, mostLanes },
    namespace: netns === 'all' ? undefined : netns,
    matches: (name) => lane === undefined || isNamedBy(lane, name),
  };
}
