import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldSpread } from '../../linux/spread-program.ts';
import type { Spread } from '../../tcp/spread.ts';
import type { Host } from '../host.ts';
import { type Exchange, HttpRequests } from '../load/http-requests.ts';
import { haproxy } from '../proxy/haproxy.ts';
import { RunningProxy } from '../proxy/running-proxy.ts';
import { BACKEND_PORTS, PROXY_PORT, type Reached, type Site } from '../proxy/site.ts';
import { listToBackends } from '../proxy/to-backends.ts';
import type { Stage } from '../stage.ts';
import { attachSpread } from './attach-spread.ts';
import { lanesBySs, type UsedByLane } from './lanes-by-ss.ts';
import type { SpreadTrial } from './spread-trial.ts';

const PER_SECOND = 400;
const MOST_AT_ONCE = 50;
const LOOK_MS = 10;
const CLOSED_WITHIN_MS = 10_000;

/** HAProxy on a host of its own, which knows of one backend and one source address; and what can be spread there. */
export class ProxyUnderSpread {
  readonly host: Host;
  readonly spread: Spread;
  readonly #site: Site;
  readonly #proxy: Reached;
  readonly #running: RunningProxy;

  private constructor(site: Site, proxy: Reached, running: RunningProxy, trial: SpreadTrial, choices: number) {
    this.host = proxy.host;
    this.spread = trial.spreadOver(site, proxy, choices);
    this.#site = site;
    this.#proxy = proxy;
    this.#running = running;
  }

  static async start(
    stage: Stage,
    site: Site,
    name: string,
    trial: SpreadTrial,
    choices: number,
  ): Promise<ProxyUnderSpread> {
    const proxy = site.addProxy(name);
    const task = {
      ...{ address: proxy.addresses[0], port: PROXY_PORT, manner: 'closes' as const },
      lanes: [{ source: null, ...backendOf(site) }],
    };
    const running = await RunningProxy.start(proxy.host, haproxy, task, stage.newFolder(name));
    return new ProxyUnderSpread(site, proxy, running, trial, choices);
  }

  get url(): string {
    return `http://${this.#proxy.addresses[0]}:${PROXY_PORT}/`;
  }

  /** Connections that found no port, as its log tells. */
  get refusals(): number {
    return this.#running.refusals;
  }

  /** The lane that it takes as it is, as {@link lanesBySs} has it. */
  get ownLane(): string {
    const { destination, port } = backendOf(this.#site);
    return `${this.#proxy.addresses[0]}>${destination}:${port}`;
  }

  /** Its processes that listen now. */
  processes(): readonly number[] {
    return this.#running.listeners();
  }

  /** Spreads what it opens from now on. The program is told nothing. */
  attach(): HeldSpread {
    const { destination: address, port } = backendOf(this.#site);
    return attachSpread(this.host, this.spread, { address, port });
  }

  /** Requests of all clients. @returns what came of each, once its connections are closed at both ends */
  async send(count: number): Promise<readonly Exchange[]> {
    const exchanges = await new HttpRequests({
      ...{ clients: this.#site.clients, address: this.#proxy.addresses[0], port: PROXY_PORT },
      ...{ count, perSecond: PER_SECOND, mostAtOnce: MOST_AT_ONCE, asksToClose: false },
    }).run();
    await this.#allClosed();
    return exchanges;
  }

  lanes(): UsedByLane {
    return lanesBySs(this.host);
  }

  /** What is closed is not in TIME_WAIT at once. */
  async #allClosed(): Promise<void> {
    const end = performance.now() + CLOSED_WITHIN_MS;
    const isLive = (line: string): boolean => !line.startsWith('TIME-WAIT');
    while (listToBackends(this.host).some(isLive) && performance.now() < end) await sleep(LOOK_MS);
  }
}

/** The one that it knows of. */
function backendOf({ backends: [backend] }: Site): { readonly destination: string; readonly port: number } {
  return { destination: backend?.addresses[0] ?? '', port: BACKEND_PORTS[0] };
}
