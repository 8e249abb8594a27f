import { setTimeout as sleep } from 'node:timers/promises';
import { readSocketCounts } from '../../linux/sockstat.ts';
import { recycle } from '../../recycling/recycle.ts';
import type { Machine } from '../../remedies/machine.ts';
import { parseLanePattern } from '../../tcp/lane-pattern.ts';
import type { Host } from '../host.ts';
import { holdInTimeWait } from '../load/hold-in-time-wait.ts';
import { type Exchange, HttpRequests } from '../load/http-requests.ts';
import type { Stage } from '../stage.ts';
import type { Offer } from './outlook.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { RunningProxy } from './running-proxy.ts';
import { BACKEND_PORTS, PROXY_PORT, type Reached, type Site } from './site.ts';
import { lanesOf, type Variant } from './variants.ts';

/** What came of a variant. */
export interface VariantOutcome {
  readonly variant: Variant;
  /** Its requests, in the order in which they were sent. */
  readonly exchanges: readonly Exchange[];
  /** Connections that found no port, as the proxy's own log tells. */
  readonly refusals: number;
  /** Time-wait sockets of the proxy's host, by the kernel's own count. */
  readonly timeWaits: readonly (readonly [seconds: number, count: number])[];
}

/** A proxy that runs, and its host. */
export interface ProxyAtWork {
  readonly variant: Variant;
  readonly proxy: Reached;
  readonly running: RunningProxy;
}

const SAMPLE_MS = 200;
/** Far fewer than there are slots: kept connections, and those that are open, are no more than that. */
const MOST_AT_ONCE = 200;

/** Starts a program on a host of its own, told what the variant says. */
export async function startProxy(
  stage: Stage,
  site: Site,
  program: ProxyProgram,
  variant: Variant,
): Promise<ProxyAtWork> {
  const proxy = site.addProxy(variant.host);
  const task = {
    ...{ address: proxy.addresses[0], port: PROXY_PORT, manner: variant.manner },
    lanes: lanesOf(variant, proxy, site.backends),
  };
  const running = await RunningProxy.start(proxy.host, program, task, stage.newFolder(variant.host));
  return { variant, proxy, running };
}

/** The time before: slots are held already. Then what the variant changes on the host. */
export function prepareHost(
  { variant, proxy }: ProxyAtWork,
  { backends }: Site,
  machine: Machine,
  { heldPerLane }: Offer,
): void {
  if (variant.manner === 'closes') {
    for (const { addresses } of backends) {
      const [address] = addresses;
      holdInTimeWait(proxy.host, proxy.addresses[0], { address, port: BACKEND_PORTS[0] }, heldPerLane);
    }
  }
  for (const { setting, value } of variant.remedy?.changes?.(machine) ?? [])
    proxy.host.writeSetting(`ipv4.${setting}`, value);
}

/**
 * Offers a proxy what is offered to all, and stops it.
 *
 * @param look called with the requests as soon as they are under way
 */
export async function runVariant(
  { variant, proxy, running }: ProxyAtWork,
  site: Site,
  offer: Offer,
  look: (requests: HttpRequests) => Promise<void> = async () => {},
): Promise<VariantOutcome> {
  const end = new AbortController();
  const requests = new HttpRequests({
    ...{ clients: site.clients, address: proxy.addresses[0], port: PROXY_PORT },
    ...{ count: offer.count, perSecond: offer.perSecond, mostAtOnce: MOST_AT_ONCE },
    asksToClose: variant.manner === 'lets-close',
  });
  const recycled = variant.remedy?.releases === true ? recycleOn(proxy.host, end.signal) : null;
  const sampled = sampleTimeWaits(proxy.host, end.signal);
  const [exchanges] = await Promise.all([requests.run(), look(requests)]);
  end.abort();
  await recycled;
  const timeWaits = await sampled;
  await running.stop();
  return { variant, exchanges, refusals: running.refusals, timeWaits };
}

/** What `fourtuple fix recycle-time-wait --apply` does. */
async function recycleOn({ namespace }: Host, signal: AbortSignal): Promise<void> {
  await recycle({
    ...{ namespace, pattern: parseLanePattern('*'), threshold: { kind: 'slots', slots: 0 } },
    ...{ force: true, seconds: Number.POSITIVE_INFINITY, dryRun: false, signal },
  });
}

async function sampleTimeWaits(host: Host, signal: AbortSignal): Promise<(readonly [number, number])[]> {
  const startedAt = performance.now();
  const samples: (readonly [number, number])[] = [];
  while (!signal.aborted) {
    const { timeWait = 0 } = host.inside(readSocketCounts) ?? {};
    samples.push([(performance.now() - startedAt) / 1_000, timeWait]);
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => {});
  }
  return samples;
}
