import { effect, signal } from '@preact/signals';
import type { ReportJson, SpanJson } from '../agent/json.ts';
import { RequestError, requestJson } from '../agent/request.ts';
import { connection } from './connection.ts';
import { chosenMoment } from './selection.ts';

/** `none`: the agent keeps no history. */
export type HistoryState = { readonly state: 'unknown' | 'none' } | { readonly state: 'kept'; readonly span: SpanJson };

export type Past =
  | { readonly state: 'now' | 'loading' }
  | { readonly state: 'there'; readonly report: ReportJson }
  | { readonly state: 'missing'; readonly message: string };

export const historyState = signal<HistoryState>({ state: 'unknown' });
/** The machine at the chosen moment. While another moment is loaded, the one before stays. */
export const past = signal<Past>({ state: 'now' });
/** Whether a moment is asked for and has not come yet. */
export const isTravelling = signal(false);

const SPAN_EVERY_MS = 30_000;
/** A slider that is dragged asks for no moment that is passed sooner than this. */
const DRAG_MS = 80;

export function followHistory(): void {
  setInterval(() => {
    if (historyState.value.state !== 'none' && connection.value.state === 'live') void readSpan();
  }, SPAN_EVERY_MS);
  // Another agent answers, perhaps: it may keep a history, or none.
  effect(() => {
    if (connection.value.state === 'live') void readSpan();
  });
  effect(() => {
    const at = chosenMoment.value;
    if (at === null) {
      past.value = { state: 'now' };
      isTravelling.value = false;
      return undefined;
    }
    const passed = new AbortController();
    isTravelling.value = true;
    if (past.peek().state === 'now') past.value = { state: 'loading' };
    const timer = setTimeout(() => void readMoment(at, passed), DRAG_MS);
    return () => {
      clearTimeout(timer);
      passed.abort();
    };
  });
}

async function readSpan(): Promise<void> {
  try {
    const { span } = await requestJson<{ span: SpanJson | null }>('api/history');
    historyState.value = span === null ? { state: 'unknown' } : { state: 'kept', span };
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) historyState.value = { state: 'none' };
  }
}

async function readMoment(at: number, passed: AbortController): Promise<void> {
  try {
    const path = `api/history?at=${encodeURIComponent(new Date(at).toISOString())}`;
    const report = await requestJson<ReportJson>(path, passed.signal);
    past.value = { state: 'there', report };
  } catch (error) {
    if (passed.signal.aborted) return;
    if (!(error instanceof RequestError)) throw error;
    past.value = { state: 'missing', message: error.message };
  }
  isTravelling.value = false;
}
