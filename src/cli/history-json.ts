import type { HistorySpan, LaneSeries } from '../agent/history/history.ts';

/** Writes lanes over time as JSON, one at a time: a week of them is never one string. */
export async function writeHistory(
  { sinceMs, untilMs }: HistorySpan,
  lanes: readonly LaneSeries[],
  write: (text: string) => Promise<void>,
): Promise<void> {
  const head = { schema: 1, since: new Date(sinceMs).toISOString(), until: new Date(untilMs).toISOString() };
  await write(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "lanes": [`);
  for (const [index, lane] of lanes.entries()) {
    await write(`${index === 0 ? '' : ','}\n    ${JSON.stringify(lane)}`);
  }
  await write(lanes.length === 0 ? ']\n}\n' : '\n  ]\n}\n');
}
