import { FourtupleError } from '../../tcp/error.ts';
import { version } from '../version.ts';
import type { PrometheusAddress } from './prometheus-address.ts';
import { answeredWrong, notReached, refused, tooLarge, tooSlow } from './prometheus-error.ts';
import { readVector, type Vector } from './vector.ts';

/** A Prometheus, or what speaks like one: Thanos, Mimir, VictoriaMetrics. */
export interface Prometheus {
  /** Its address, without credentials. */
  readonly url: string;
  /**
   * @param at seconds since 1970 that the query is evaluated at; null: its own now
   * @throws FourtupleError FT_PROMETHEUS
   */
  query(expression: string, at: number | null): Promise<Vector>;
}

/** An answer that is longer is not read to its end. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Once a query has failed those beside it are ended too: no report can be made without it.
 *
 * @param milliseconds how long all queries together may take, from now
 */
export function openPrometheus({ url, authorization }: PrometheusAddress, milliseconds: number): Prometheus {
  const timeoutMs = Math.ceil(milliseconds);
  const timeout = AbortSignal.timeout(timeoutMs);
  const failure = new AbortController();
  const signal = AbortSignal.any([timeout, failure.signal]);
  const headers = {
    accept: 'application/json',
    'user-agent': `fourtuple/${version}`,
    ...(authorization === null ? {} : { authorization }),
  };
  return {
    url,
    async query(expression, at) {
      // By POST, as a selector of a thousand machines is longer than a URL may be.
      const body = new URLSearchParams({
        query: expression,
        timeout: `${timeoutMs}ms`,
        ...(at === null ? {} : { time: `${at}` }),
      });
      try {
        const answer = await fetch(`${url}/api/v1/query`, {
          method: 'POST',
          redirect: 'manual',
          headers,
          body,
          signal,
        });
        const text = await readText(answer, url);
        return vectorOf(answer, text, { url, timeoutMs });
      } catch (error) {
        failure.abort();
        if (error instanceof FourtupleError) throw error;
        throw timeout.aborted ? tooSlow({ url, timeoutMs }) : notReached(url, error);
      }
    },
  };
}

async function readText({ body }: Response, url: string): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw tooLarge(url, MOST_BYTES);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function vectorOf(answer: Response, text: string, asked: { url: string; timeoutMs: number }): Vector {
  const json = parse(text);
  if (!answer.ok) throw refused(answer, text, json, asked);
  const vector = json === undefined ? 'it is no JSON' : readVector(json);
  if (typeof vector === 'string') throw answeredWrong(asked.url, text, vector);
  return vector;
}

/** undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
