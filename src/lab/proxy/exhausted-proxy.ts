import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneUse } from '../../census/lane-use.ts';
import { takeCensus } from '../../census/take-census.ts';
import { parseLanePattern } from '../../tcp/lane-pattern.ts';
import type { Host } from '../host.ts';
import type { HttpRequests } from '../load/http-requests.ts';
import { BACKEND_PORTS } from './site.ts';
import { listToBackends } from './to-backends.ts';

/** What is seen on a proxy's host while it is exhausted. */
export interface ExhaustedProxy {
  /** Its lanes to the backends, as a census shows them. */
  readonly lanes: readonly LaneUse[];
  /** The connections to the backends that ss lists, in any state. */
  readonly listedBySs: number;
}

const LOOK_MS = 20;
/** Of the requests that are to fail. What was served before them has long been closed. */
const FAILED_SHARE = 0.8;

/** Looks at a proxy while requests fail. @param refused how many are to fail */
export async function lookWhileExhausted(host: Host, requests: HttpRequests, refused: number): Promise<ExhaustedProxy> {
  while (requests.failed < FAILED_SHARE * refused && !requests.hasEnded) await sleep(LOOK_MS);
  const { census } = await takeCensus({ namespace: host.namespace, askAboutPorts: false });
  return {
    lanes: BACKEND_PORTS.flatMap((port) => census.fullest(Number.POSITIVE_INFINITY, parseLanePattern(`:${port}`))).sort(
      (a, b) => a.destination.localeCompare(b.destination),
    ),
    listedBySs: listToBackends(host).length,
  };
}
