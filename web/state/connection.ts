import { signal } from '@preact/signals';
import { readEvents } from '../agent/events.ts';
import type { FindingsJson, SampleJson } from '../agent/json.ts';
import { RequestError, useToken } from '../agent/request.ts';
import { recordSample } from './recording.ts';

export type Connection =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly message: string; readonly hint: string | null; readonly retryAtMs: number }
  | { readonly state: 'denied'; readonly status: number; readonly message: string; readonly hint: string | null };

export const connection = signal<Connection>({ state: 'connecting' });
/** The last of each that came. */
export const liveSample = signal<SampleJson | null>(null);
export const liveFindings = signal<FindingsJson | null>(null);

/** No token or a wrong one, too many of these, and a host name that the agent does not answer to. */
const REFUSALS: readonly number[] = [401, 403, 421, 429];
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** An agent that sends nothing for longer than so many of its intervals, or than this, is taken as gone. */
const SILENT_INTERVALS = 4;
const SILENT_MS = 10_000;

let ended = new AbortController();
let retryMs = FIRST_RETRY_MS;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let silenceTimer: ReturnType<typeof setTimeout> | undefined;

/** Reads what the agent sends, and tries again by itself for as long as it sends nothing. */
export function connect(): void {
  clearTimeout(retryTimer);
  ended.abort();
  const now = new AbortController();
  ended = now;
  if (connection.value.state !== 'lost') connection.value = { state: 'connecting' };
  void run(now);
}

export function connectWithToken(token: string): void {
  useToken(token);
  connection.value = { state: 'connecting' };
  connect();
}

async function run(now: AbortController): Promise<void> {
  let why = new RequestError(null, 'The agent has ended.', null);
  try {
    watchSilence(now);
    await readEvents('api/events', now.signal, {
      open: () => {
        retryMs = FIRST_RETRY_MS;
        connection.value = { state: 'live' };
      },
      heard: () => watchSilence(now),
      event: take,
    });
  } catch (error) {
    if (ended !== now) return;
    if (error instanceof RequestError) why = error;
    else if (now.signal.aborted) why = new RequestError(null, 'The agent sends nothing any more.', null);
    else throw error;
  } finally {
    if (ended === now) clearTimeout(silenceTimer);
  }
  if (ended === now) fail(why);
}

function take(name: string, data: string): void {
  if (name === 'sample') {
    const sample = JSON.parse(data) as SampleJson;
    recordSample(sample);
    liveSample.value = sample;
  } else if (name === 'findings') {
    liveFindings.value = JSON.parse(data) as FindingsJson;
  }
}

function fail({ status, message, hint }: RequestError): void {
  // What the agent refuses it goes on to refuse, and too many wrong tokens are not made fewer by more; all else may pass.
  if (status !== null && REFUSALS.includes(status)) {
    connection.value = { state: 'denied', status, message, hint };
    return;
  }
  connection.value = { state: 'lost', message, hint, retryAtMs: Date.now() + retryMs };
  retryTimer = setTimeout(connect, retryMs);
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
}

/** A machine that vanished from the network closes no connection: nothing but its silence tells. */
function watchSilence(now: AbortController): void {
  clearTimeout(silenceTimer);
  const interval = 1_000 * (liveSample.value?.cost.intervalSeconds ?? 0);
  silenceTimer = setTimeout(() => now.abort(), Math.max(SILENT_MS, SILENT_INTERVALS * interval));
}
