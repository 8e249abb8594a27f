import { ownNamespace } from '../src/linux/network-namespace.ts';
import { recycle } from '../src/recycling/recycle.ts';
import { bindAddressNoPort } from '../src/remedies/bind-address-no-port.ts';
import { closeFromOtherEnd } from '../src/remedies/close-from-other-end.ts';
import { connectTimeout } from '../src/remedies/connect-timeout.ts';
import { keepConnections } from '../src/remedies/keep-connections.ts';
import { localPortRange } from '../src/remedies/local-port-range.ts';
import type { Machine } from '../src/remedies/machine.ts';
import { moreDestinationAddresses } from '../src/remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../src/remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../src/remedies/more-source-addresses.ts';
import { recycleTimeWait } from '../src/remedies/recycle-time-wait.ts';
import type { Remedy } from '../src/remedies/remedy.ts';
import { reserveListeners } from '../src/remedies/reserve-listeners.ts';
import { tcpTwReuse } from '../src/remedies/tcp-tw-reuse.ts';
import { widerRange } from '../src/remedies/wider-range.ts';
import { parseLanePattern } from '../src/tcp/lane-pattern.ts';
import { rangeSize } from '../src/tcp/port-range.ts';
import { type ClientOptions, type Connection, hold, serve } from '../test/kit/connections.ts';
import { addAddress, blackHole } from '../test/kit/links.ts';
import type { DeadWay, Load, Way } from '../test/kit/load.ts';
import { listenAt } from '../test/kit/native-socket.ts';
import { setPortRange, writeSysctl } from '../test/kit/sysctl.ts';

/** A remedy, and how real sockets show what it predicts. */
export interface RemedyExperiment {
  readonly name: string;
  /** null for the lane as it is. */
  readonly remedy: Remedy | null;
  /** Whether it is also driven a little slower and a little faster than predicted, for as many cycles. */
  readonly paced: boolean;
  /** How many times each slot is to be taken anew. */
  readonly cycles: number;
  /** Runs while no other does: a moment's delay would be a large part of its cycle. */
  readonly alone?: boolean;
  /** How long a slot is held after its close before the remedy; in TIME_WAIT where left out. */
  readonly afterCloseSeconds?: number;
  /** Prepares the current network namespace as it is before the remedy. */
  prepare(): void;
  /** Does what the remedy says. @returns what its connections are from then on */
  apply(machine: Machine): Load;
}

/** None of loopback's, so that reuse does not apply by itself. */
const ADDRESS = '10.9.9.1';
const OTHER_ADDRESS = '10.9.9.2';
const SMALL = { low: 40_000, high: 40_499 };
const FEW = { low: 40_000, high: 40_063 };
const MIDDLE = { low: 40_000, high: 40_999 };
const DEFAULT = { low: 32_768, high: 60_999 };
const WHOLE = { low: 0, high: 65_535 };

/** Connections that end at once, opened and closed by the client. They search in one pass: the slots are the same, and half of the CPU's time is not the subject. */
function brief(...ways: Way[]): Load {
  const options: ClientOptions = { portRange: [WHOLE.low, WHOLE.high] };
  const searching = ways.map((way) => ({ ...way, options: { ...options, ...way.options } }));
  return { ways: searching, holdSeconds: 0, closes: 'client', pauseMs: 20 };
}

function makeChanges(remedy: Remedy, machine: Machine): void {
  for (const { setting, value } of remedy.changes?.(machine) ?? []) writeSysctl(`ipv4.${setting}`, value);
}

function preparing(range: { readonly low: number; readonly high: number }, more: () => void = () => {}): () => void {
  return () => {
    if (rangeSize(range) !== rangeSize(DEFAULT)) setPortRange(range.low, range.high);
    for (const address of [ADDRESS, OTHER_ADDRESS]) addAddress('lo', `${address}/32`);
    more();
  };
}

const toOne = (): Way => ({ to: serve(ADDRESS, 9000) });

let bound: Connection[] = [];

/** Of the default range, and of small ones where it would take more connections than this machine can open. */
export const EXPERIMENTS: readonly RemedyExperiment[] = [
  {
    ...{ name: 'none', remedy: null, paced: true, cycles: 2, prepare: preparing(DEFAULT) },
    apply: () => brief(toOne()),
  },
  {
    ...{ name: 'wider-range', remedy: widerRange, paced: true, cycles: 2, prepare: preparing(DEFAULT) },
    apply: (machine) => {
      makeChanges(widerRange, machine);
      return brief(toOne());
    },
  },
  {
    ...{ name: 'tcp-tw-reuse', remedy: tcpTwReuse, paced: false, cycles: 20, alone: true },
    prepare: preparing(MIDDLE),
    apply: (machine) => {
      makeChanges(tcpTwReuse, machine);
      return { ...brief(toOne()), pauseMs: 1 };
    },
  },
  {
    name: 'tcp-tw-reuse, delay 200 ms',
    ...{ remedy: tcpTwReuse, paced: false, cycles: 50, alone: true },
    prepare: preparing({ low: 40_000, high: 40_099 }, () => writeSysctl('ipv4.tcp_tw_reuse_delay', 200)),
    apply: (machine) => {
      makeChanges(tcpTwReuse, machine);
      return { ...brief(toOne()), pauseMs: 1 };
    },
  },
  {
    ...{ name: 'recycle-time-wait', remedy: recycleTimeWait, paced: true, cycles: 10, alone: true },
    prepare: preparing(MIDDLE),
    apply: () => {
      void recycle({
        ...{
          namespace: ownNamespace(),
          pattern: parseLanePattern(`*>${ADDRESS}:*`),
          seconds: Number.POSITIVE_INFINITY,
        },
        ...{ threshold: { kind: 'slots', slots: 0 }, force: true, dryRun: false },
      });
      return brief(toOne());
    },
  },
  {
    name: 'more-destination-addresses',
    ...{ remedy: moreDestinationAddresses, paced: true, cycles: 2, prepare: preparing(SMALL) },
    apply: () => brief(toOne(), { to: serve(OTHER_ADDRESS, 9000) }),
  },
  {
    ...{ name: 'more-destination-ports', remedy: moreDestinationPorts, paced: false, cycles: 2 },
    prepare: preparing(SMALL),
    apply: () => brief(toOne(), { to: serve(ADDRESS, 9001) }),
  },
  {
    ...{ name: 'more-source-addresses', remedy: moreSourceAddresses, paced: false, cycles: 2 },
    prepare: preparing(SMALL),
    apply: () => {
      const { to } = toOne();
      return brief({ to, options: { from: ADDRESS } }, { to, options: { from: OTHER_ADDRESS } });
    },
  },
  {
    ...{ name: 'bind-address-no-port', remedy: bindAddressNoPort, paced: false, cycles: 2 },
    // Another lane's sockets are bound before they connect, and have half of the pool.
    prepare: preparing(SMALL, () => {
      bound = hold(250, serve(ADDRESS, 9001), { from: ADDRESS, boundBefore: true });
    }),
    apply: () => {
      for (const { client, server } of bound) {
        client.abort();
        server.close();
      }
      hold(250, serve(ADDRESS, 9002), { from: ADDRESS });
      return brief({ ...toOne(), options: { from: ADDRESS } });
    },
  },
  {
    ...{ name: 'reserve-listeners', remedy: reserveListeners, paced: false, cycles: 2 },
    prepare: preparing(SMALL, () => void listenAt('127.0.0.1', 40_010)),
    apply: (machine) => {
      makeChanges(reserveListeners, machine);
      return brief(toOne());
    },
  },
  {
    ...{ name: 'local-port-range', remedy: localPortRange, paced: false, cycles: 2, prepare: preparing(SMALL) },
    apply: () => brief(toOne()),
  },
  {
    ...{ name: 'close-from-other-end', remedy: closeFromOtherEnd, paced: false, cycles: 50, alone: true },
    prepare: preparing(FEW),
    apply: () => ({ ...brief(toOne()), holdSeconds: 0.1, closes: 'server', pauseMs: 1 }),
  },
  {
    ...{ name: 'keep-connections', remedy: keepConnections, paced: false, cycles: 50, alone: true },
    prepare: preparing(FEW),
    apply: () => ({ ...brief(toOne()), holdSeconds: 0.1, closes: 'neither', pauseMs: 1 }),
  },
  {
    ...{ name: 'connect-timeout', remedy: connectTimeout, paced: false, cycles: 10, afterCloseSeconds: 0 },
    prepare: preparing(SMALL, () => blackHole({ link: 'hole', addresses: ['10.9.8.1/24'] })),
    apply: () => {
      writeSysctl('ipv4.tcp_syn_retries', 1);
      const dead: DeadWay = { to: { address: '10.9.8.2', port: 9000 }, isDead: true };
      return { ways: [dead], holdSeconds: 10, closes: 'client', pauseMs: 20 };
    },
  },
];
