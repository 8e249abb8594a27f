import { LINUX_DEFAULT_RANGE } from '../../tcp/port-range.ts';
import type { Host } from '../host.ts';
import { addAddress, joinByBridge, joinToBridge } from '../links.ts';
import { serveHttp } from '../load/http-backend.ts';
import type { Stage } from '../stage.ts';

const CLIENTS = 4;
const BACKENDS = 2;

/** Of the proxies. */
export const PROXY_PORT = 8_080;
/** Of each address of a backend. */
export const BACKEND_PORTS: readonly [number, number] = [9_000, 9_001];
/** How long a backend takes over an answer: a connection lives about so long. */
export const ANSWER_SECONDS = 0.02;

const LINK = 'eth0';
const BRIDGE = 'lan';
const PREFIX = 16;

/** By what is on them. All are on one network. */
const NETS = {
  clients: '10.77.1',
  proxies: '10.77.2',
  backends: '10.77.3',
  proxiesToo: '10.77.4',
  backendsToo: '10.77.5',
};
/** The first of the nets that proxies have more addresses on, one each. */
const MORE_NETS = 100;

/** A host that clients reach or a proxy does, and its addresses. */
export interface Reached {
  readonly host: Host;
  /** The first one is what others know it by. */
  readonly addresses: readonly [string, string];
}

/** The article's set-up without its proxy: four clients and two backends, on one network. */
export class Site {
  readonly clients: readonly Host[];
  readonly backends: readonly Reached[];
  readonly #stage: Stage;
  readonly #bridge: Host;
  #proxies = 0;

  private constructor(stage: Stage) {
    this.#stage = stage;
    this.clients = counted(CLIENTS).map((number) => clientHost(stage, number));
    this.backends = counted(BACKENDS).map((number) => ({
      host: stage.host(`backend-${number}`),
      addresses: [`${NETS.backends}.${number}`, `${NETS.backendsToo}.${number}`],
    }));
    this.#bridge = stage.host('switch');
    const clients = this.clients.map((host, index) => ({ host, address: `${NETS.clients}.${index + 1}` }));
    const backends = this.backends.map(({ host, addresses: [address] }) => ({ host, address }));
    joinByBridge(
      { host: this.#bridge, link: BRIDGE, addresses: [] },
      [...clients, ...backends].map(({ host, address }) => ({
        ...{ host, link: LINK, addresses: [`${address}/${PREFIX}`] },
      })),
    );
    for (const { host, addresses } of this.backends) addAddress(host, LINK, addresses[1]);
  }

  /** Makes the hosts. Each backend answers on two ports of two addresses. */
  static async open(stage: Stage): Promise<Site> {
    const site = new Site(stage);
    for (const { host, addresses } of site.backends) {
      for (const address of addresses) {
        for (const port of BACKEND_PORTS) await serveHttp(host, address, port, ANSWER_SECONDS);
      }
    }
    return site;
  }

  /** A new host between clients and backends, with the stage's range. */
  addProxy(name: string): Reached {
    this.#proxies += 1;
    const host = this.#stage.host(name);
    const addresses = [`${NETS.proxies}.${this.#proxies}`, `${NETS.proxiesToo}.${this.#proxies}`] as const;
    const end = { host, link: LINK, addresses: [`${addresses[0]}/${PREFIX}`] };
    joinToBridge({ host: this.#bridge, link: BRIDGE }, end);
    addAddress(host, LINK, addresses[1]);
    return { host, addresses };
  }

  /** So many addresses of a proxy: those that it has, and new ones. */
  addAddresses({ host, addresses }: Reached, count: number): readonly string[] {
    const last = addresses[0].split('.').at(-1);
    const added = counted(count - addresses.length).map((number) => `10.77.${MORE_NETS + number}.${last}`);
    for (const address of added) addAddress(host, LINK, address);
    return [...addresses, ...added];
  }
}

/** Clients are not what runs out. */
function clientHost(stage: Stage, number: number): Host {
  const host = stage.host(`client-${number}`);
  host.writeSetting('ipv4.ip_local_port_range', `${LINUX_DEFAULT_RANGE.low} ${LINUX_DEFAULT_RANGE.high}`);
  return host;
}

/** From 1 on. */
function counted(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
