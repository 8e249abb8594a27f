import * as v from 'valibot';
import { tryParseAddress } from '../../../tcp/address.ts';
import { type AddressBlock, blockContains } from '../../../tcp/address-block.ts';
import type { AgentView } from '../../agent-view.ts';
import type { HistoryReader, LaneSeries } from '../../history/history.ts';
import type { LaneName } from '../../sample.ts';
import { type QueryOf, wrongParameter } from '../query.ts';
import { addresses, instant, namespace, port, wholeNumber } from '../query-values.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, queried, type Route } from '../route.ts';
import { jsonAnswer } from './json-answer.ts';

const HOUR_MS = 3_600_000;
const ROWS = 600;
const [LEAST_ROWS, MOST_ROWS] = [2, 3_600];
const MOST_SERIES = 20;
const MOST_LANES = 200;

const ENTRIES = {
  at: v.optional(instant),
  since: v.optional(instant),
  until: v.optional(instant),
  namespace: v.optional(namespace),
  source: v.optional(addresses),
  destination: v.optional(addresses),
  port: v.optional(port),
  rows: v.optional(wholeNumber(LEAST_ROWS, MOST_ROWS)),
};
type HistoryQuery = QueryOf<typeof ENTRIES>;

/** Without a query: what there is; with `at`: the report of then; else lanes over time. */
export function historyRoute(view: AgentView): Route {
  return queried('/api/history', ENTRIES, (query) => {
    const { history } = view;
    if (history === null) {
      throw new Refusal('no-history', 'this agent keeps no history', {
        hint: "Its log says why, or its configuration: 'fourtuple agent --help' shows how to keep one.",
      });
    }
    if (query.at !== undefined) return reportAt(history, query.at, query);
    return Object.keys(query).length === 0 ? whatThereIs(history) : jsonAnswer(series(history, query));
  });
}

function reportAt(history: HistoryReader, atMs: number, query: HistoryQuery): Answer {
  const other = Object.keys(query).find((name) => name !== 'at');
  if (other !== undefined) {
    throw wrongParameter(`at and ${other} cannot be combined`, 'Ask for the report of one instant by at alone.');
  }
  const report = history.at(atMs);
  if (report !== null) return jsonAnswer(report);
  throw new Refusal('not-sampled', `nothing was sampled in the two minutes before ${formatMs(atMs)}`, {
    hint: spanHint(history),
  });
}

function spanHint(history: HistoryReader): string {
  const span = history.span();
  if (span === null) return 'There is no history yet.';
  return `There is history from ${formatMs(span.sinceMs)} to ${formatMs(span.untilMs)}.`;
}

function whatThereIs(history: HistoryReader): Answer {
  const span = history.span();
  const known =
    span === null
      ? []
      : history.series({
          ...{ matches: () => true, sinceMs: Math.max(span.sinceMs, span.untilMs - HOUR_MS), untilMs: span.untilMs },
          ...{ mostRows: LEAST_ROWS, mostLanes: MOST_LANES },
        });
  return jsonAnswer({ schema: 1, span, lanes: known.map(nameOf) });
}

function nameOf({ namespace, source, destination, port, device }: LaneSeries): LaneName {
  return { namespace, source, destination, port, device };
}

function series(history: HistoryReader, query: HistoryQuery): readonly LaneSeries[] {
  const untilMs = query.until ?? Date.now();
  const sinceMs = query.since ?? untilMs - HOUR_MS;
  if (sinceMs >= untilMs) {
    throw wrongParameter(
      `since is ${formatMs(sinceMs)}, which is not before until, ${formatMs(untilMs)}`,
      'Write the earlier instant as since.',
    );
  }
  return history.series({
    namespace: query.namespace,
    matches: (lane) =>
      (query.port === undefined || query.port === lane.port) &&
      isAmong(query.source, lane.source) &&
      isAmong(query.destination, lane.destination),
    ...{ sinceMs, untilMs, mostRows: query.rows ?? ROWS, mostLanes: MOST_SERIES },
  });
}

function isAmong(block: AddressBlock | undefined, text: string): boolean {
  if (block === undefined) return true;
  const address = tryParseAddress(text.replace(/%.*$/, ''));
  return address !== undefined && blockContains(block, address);
}

function formatMs(ms: number): string {
  return new Date(ms).toISOString();
}
