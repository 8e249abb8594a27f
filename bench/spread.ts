// What the spreading of connections costs a client: `npm run bench:spread`. Opens and closes connections over loopback in a
// private network namespace and a cgroup of its own, with and without the eBPF programs, in many short turns one after the
// other; takes about a minute and leaves nothing behind. Needs root.

import { writeFileSync } from 'node:fs';
import { networkNamespaceCookie } from '../src/linux/namespace-cookie.ts';
import { encodeSocketAddress } from '../src/linux/socket-address.ts';
import { checkSpreadLoads, LoadedSpread } from '../src/linux/spread-object.ts';
import { TcpSocket } from '../src/linux/tcp-socket.ts';
import { parseAddress } from '../src/tcp/address.ts';
import { FourtupleError } from '../src/tcp/error.ts';
import type { Spread } from '../src/tcp/spread.ts';
import {
  createControlGroup,
  moveProcess,
  ownControlGroup,
  removeControlGroups,
  whyNoControlGroup,
} from '../test/kit/control-group.ts';
import { enterNewNamespace, whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { type Arm, type Site, timeTurn } from './spread-rounds.ts';
import { median } from './statistics.ts';
import { renderMarks, renderTable } from './table.ts';

/** Another number may be given: `npm run bench:spread -- 300`. */
const ROUNDS = Number(process.argv[2] ?? 100);
/** Of the time that a connection takes without. */
const MOST_SLOWER = 1.03;
/** 16 choices are to take no longer than 2: as far as one can see. */
const MOST_SLOWER_WITH_16 = 1.01;

const PORT = 10_000;
const DESTINATION = { address: '127.0.0.1', port: PORT };

const NOTHING = 'nothing';
const OTHER = 'for others';
const SOURCES_2 = '2 sources';
const SOURCES_16 = '16 sources';
const DESTINATIONS_2 = '2 destinations';
const DESTINATIONS_16 = '16 destinations';

const SPREADS: Readonly<Record<string, Spread>> = {
  [OTHER]: sources(2, PORT + 1),
  [SOURCES_2]: sources(2, PORT),
  [SOURCES_16]: sources(16, PORT),
  [DESTINATIONS_2]: destinations(2),
  [DESTINATIONS_16]: destinations(16),
};

/** What is timed in turns, and how much longer the second may take; null where that shows what the machine's noise is. */
const PAIRS: readonly (readonly [first: string, second: string, limit: number | null])[] = [
  [NOTHING, NOTHING, null],
  [NOTHING, OTHER, MOST_SLOWER],
  [NOTHING, SOURCES_2, MOST_SLOWER],
  [NOTHING, SOURCES_16, MOST_SLOWER],
  [SOURCES_2, SOURCES_16, MOST_SLOWER_WITH_16],
  [NOTHING, DESTINATIONS_2, MOST_SLOWER],
  [NOTHING, DESTINATIONS_16, MOST_SLOWER],
  [DESTINATIONS_2, DESTINATIONS_16, MOST_SLOWER_WITH_16],
];

function sources(count: number, port: number): Spread {
  return {
    kind: 'sources',
    sources: Array.from({ length: count }, (_, index) => ({ address: `127.1.0.${index + 1}`, prefixLength: 32 })),
    to: [{ ...DESTINATION, prefixLength: 32, port }],
  };
}

function destinations(count: number): Spread {
  const over = Array.from({ length: count }, (_, index) => ({ address: `127.2.0.${index + 1}`, port: PORT }));
  return { kind: 'destinations', from: DESTINATION, over };
}

const obstacle = whyNoNamespaces() ?? whyNoControlGroup() ?? whyNoPrograms();
if (obstacle === undefined) run();
else {
  process.stderr.write(`bench:spread: ${obstacle}\n`);
  process.exitCode = 1;
}

function whyNoPrograms(): string | undefined {
  try {
    checkSpreadLoads(sources(2, PORT));
    return undefined;
  } catch (error) {
    if (error instanceof FourtupleError) return error.message;
    throw error;
  }
}

function run(): void {
  const before = ownControlGroup();
  const group = createControlGroup();
  try {
    enterNewNamespace();
    // With TIME_WAIT each turn would find more sockets than the one before. The programs count it all the same.
    writeFileSync('/proc/sys/net/ipv4/tcp_max_tw_buckets', '0');
    moveProcess(process.pid, group);
    const listener = TcpSocket.listen(encodeSocketAddress(parseAddress('0.0.0.0'), PORT));
    const netnsCookie = networkNamespaceCookie() ?? 0n;
    compare({ directory: group.directory, destination: DESTINATION, listener }, loadArms(netnsCookie));
  } finally {
    progressEnd();
    moveProcess(process.pid, before);
    removeControlGroups();
  }
}

function loadArms(netnsCookie: bigint): ReadonlyMap<string, Arm> {
  const arms = new Map<string, Arm>([[NOTHING, { name: NOTHING, loaded: null, matches: false }]]);
  for (const [name, spread] of Object.entries(SPREADS)) {
    const loaded = LoadedSpread.load(spread, netnsCookie);
    loaded.maps.enable();
    arms.set(name, { name, loaded, matches: name !== OTHER });
  }
  return arms;
}

function compare(site: Site, arms: ReadonlyMap<string, Arm>): void {
  const time = (name: string): number => timeTurn(site, arms.get(name) as Arm);
  const times = PAIRS.map(() => [[], []] as [number[], number[]]);
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress(`round ${round} of ${ROUNDS}`);
    for (const [index, [first, second]] of PAIRS.entries()) {
      const isTurned = round % 2 === 1;
      const [one, other] = isTurned ? [second, first] : [first, second];
      const [a, b] = [time(one), time(other)];
      // The first round runs code that is not compiled yet.
      if (round === 0) continue;
      times[index]?.[0].push(isTurned ? b : a);
      times[index]?.[1].push(isTurned ? a : b);
    }
  }
  progressEnd();
  const rows = PAIRS.map(([first, second], index) => describe(first, second, times[index] ?? [[], []]));
  const marks = PAIRS.flatMap(([first, second, limit], index): Mark[] => {
    const measured = middleRatio(times[index] ?? [[], []]);
    return limit === null ? [] : [{ name: `${second}, of ${first}: time`, measured, limit, unit: '' }];
  });
  process.stdout.write(
    `${renderTable([['attached, and compared with', 'per second', 'per second', 'ratio of times', '95 %'], ...rows])}\n${renderMarks(marks)}`,
  );
  if (!marks.every(isMet)) process.exitCode = 1;
}

function describe(first: string, second: string, times: readonly [number[], number[]]): string[] {
  const sorted = ratios(times).sort((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const low = sorted[Math.max(0, Math.floor(sorted.length / 2 - reach))] ?? Number.NaN;
  const high = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + reach))] ?? Number.NaN;
  return [
    `${second}, ${first}`,
    perSecond(times[1]),
    perSecond(times[0]),
    median(sorted).toFixed(4),
    `${low.toFixed(4)} to ${high.toFixed(4)}`,
  ];
}

function perSecond(times: readonly number[]): string {
  return Math.round(1e6 / median(times)).toLocaleString('en');
}

function ratios([first, second]: readonly [readonly number[], readonly number[]]): number[] {
  return second.map((time, index) => time / (first[index] ?? Number.NaN));
}

function middleRatio(times: readonly [readonly number[], readonly number[]]): number {
  return median(ratios(times));
}
