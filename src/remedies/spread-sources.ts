import { destinationOf, endpointText } from './configuration/ends.ts';
import { doubleLanes } from './double-lanes.ts';
import type { LaneFacts, Remedy } from './remedy.ts';
import { forShell, missingSpread, spreadCommand, unspreadable } from './spread-command.ts';

const LOOPBACK_SOURCES = 8;
const LAST_HOST = 254;

/**
 * Connecting from several addresses where the program itself names none: the kernel asks a program of ours at each
 * connect() of the cgroup (`BPF_CGROUP_INET4_CONNECT`). With one address more it makes twice the lanes.
 */
export const spreadSources: Remedy = {
  id: 'spread-sources',
  title: 'Spread connections over more source addresses without touching the program (eBPF)',
  effort: 'network',
  missing: (machine) => missingSpread(machine, 'choosing the source at connect()'),
  safety: ({ lane }) =>
    unspreadable(lane) ?? {
      safe: true,
      reason: `connections are spread and otherwise as before; ${lane.destination} must let the new addresses in, and know the way back to them`,
    },
  predict: doubleLanes,
  byHand: (situation) => {
    const { lane } = situation;
    return spreadCommand(spreadSources, situation, {
      what: [
        ['sources', sourcesOf(lane)],
        ['to', forShell(endpointText(destinationOf(lane)))],
      ],
      how: isLoopbackIPv4(lane.source) ? [] : [['add-to', 'DEVICE']],
      note: lane.source.includes(':')
        ? 'A whole prefix that is routed here, like 2001:db8::/64, makes lanes without end.'
        : 'A socket that is bound to an address keeps it.',
    });
  },
  spreads: 'sources',
};

function isLoopbackIPv4(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** What it has and one more, but never the destination. Loopback has all of its addresses already. */
function sourcesOf({ source, destination }: LaneFacts): string {
  if (isLoopbackIPv4(source)) return loopbackSources(source, destination);
  return source === destination ? 'NEW_ADDRESS,ANOTHER_NEW_ADDRESS' : `${source},NEW_ADDRESS`;
}

function loopbackSources(source: string, destination: string): string {
  const [network, own] = splitHost(source);
  const [otherNetwork, host] = splitHost(destination);
  const taken = network === otherNetwork ? host : 0;
  const isFree = (low: number): boolean => {
    const high = low + LOOPBACK_SOURCES - 1;
    return low >= 1 && high <= LAST_HOST && (taken < low || taken > high);
  };
  const low = [own, taken + 1].find(isFree) ?? 1;
  return `${network}.${low}-${network}.${low + LOOPBACK_SOURCES - 1}`;
}

/** `127.0.0` and 1 of `127.0.0.1`. */
function splitHost(address: string): [network: string, host: number] {
  const dot = address.lastIndexOf('.');
  return [address.slice(0, dot), Number(address.slice(dot + 1))];
}
