import { closeFromOtherEnd } from '../../remedies/close-from-other-end.ts';
import { keepConnections } from '../../remedies/keep-connections.ts';
import type { Machine } from '../../remedies/machine.ts';
import { moreDestinationAddresses } from '../../remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { recycleTimeWait } from '../../remedies/recycle-time-wait.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import type { Manner, ProxyLane, ProxyProgram } from './proxy-program.ts';
import { BACKEND_PORTS, type Reached } from './site.ts';

/** A proxy, as it is or with one thing changed. */
export interface Variant {
  /** Of its host; no two have the same. */
  readonly host: string;
  /** What is changed, in a few words. */
  readonly change: string;
  /** What predicts what comes of it; null for the proxy as it is. */
  readonly remedy: Remedy | null;
  readonly manner: Manner;
  /** What it spreads its connections over: addresses of its own, addresses and ports of each backend. */
  readonly sources: 1 | 2;
  readonly addresses: 1 | 2;
  readonly ports: 1 | 2;
}

const AS_IT_IS: Variant = {
  ...{ host: 'proxy', change: 'as it is', remedy: null, manner: 'closes' },
  ...{ sources: 1, addresses: 1, ports: 1 },
};

/** The proxy as it is comes first. */
export const VARIANTS: readonly [Variant, ...Variant[]] = [
  AS_IT_IS,
  {
    ...AS_IT_IS,
    host: 'proxy-addresses',
    change: 'two addresses per backend',
    ...more(moreDestinationAddresses, { addresses: 2 }),
  },
  { ...AS_IT_IS, host: 'proxy-ports', change: 'two ports per backend', ...more(moreDestinationPorts, { ports: 2 }) },
  { ...AS_IT_IS, host: 'proxy-sources', change: 'two source addresses', ...more(moreSourceAddresses, { sources: 2 }) },
  { ...AS_IT_IS, host: 'proxy-range', change: 'the widest port range', remedy: widerRange },
  { ...AS_IT_IS, host: 'proxy-reuse', change: 'tcp_tw_reuse = 1', remedy: tcpTwReuse },
  { ...AS_IT_IS, host: 'proxy-recycle', change: 'TIME_WAIT recycled', remedy: recycleTimeWait },
  {
    ...AS_IT_IS,
    host: 'proxy-closed',
    change: 'backends close first',
    ...more(closeFromOtherEnd, { manner: 'lets-close' }),
  },
  { ...AS_IT_IS, host: 'proxy-kept', change: 'connections kept', ...more(keepConnections, { manner: 'keeps' }) },
];

function more(remedy: Remedy, changed: Partial<Variant>): Partial<Variant> {
  return { remedy, ...changed };
}

/** Those that a program and this kernel can do. */
export function possibleVariants({ manners }: ProxyProgram, machine: Machine): Variant[] {
  return VARIANTS.filter(
    ({ manner, remedy }) =>
      manners.includes(manner) && (remedy?.missing(machine) ?? []).every(({ kind }) => kind === 'privilege'),
  );
}

/** The lanes of a variant's proxy, as they are taken in turn: the backend changes first. */
export function lanesOf(
  { sources, addresses, ports }: Variant,
  proxy: Reached,
  backends: readonly Reached[],
): ProxyLane[] {
  const from = sources === 1 ? [null] : proxy.addresses;
  return from.flatMap((source) =>
    BACKEND_PORTS.slice(0, ports).flatMap((port) =>
      [0, 1]
        .slice(0, addresses)
        .flatMap((index) =>
          backends.map(({ addresses: each }) => ({ source, destination: each[index] as string, port })),
        ),
    ),
  );
}
