import { readOpenFileLimit } from '../../linux/open-file-limit.ts';
import { hostPorts } from '../../plan/pools.ts';
import { localPortRange } from '../../remedies/local-port-range.ts';
import { firstPassPorts, usablePorts } from '../../tcp/capacity.ts';
import { modelSlots } from '../../tcp/lane-model.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { formatRange, isFirstPassPort, type PortRange, rangeSize } from '../../tcp/port-range.ts';
import { meanPortsLookedAt } from '../../tcp/port-search.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { addAddress } from '../links.ts';
import { type ConnectTimes, type Filling, mediansByPart, timeConnects } from '../load/connect-times.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_REFUSES, PORTS_GIVEN } from './evidence.ts';
import { laneOf } from './lane-case.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';

/** Of one kind, so that each part of the lane has enough for a median. */
const CONNECTS = 5_000;
const PARTS = 40;
/** Of each part, past the cliff: where a lane is wide each connect() takes milliseconds there. */
const MOST_PAST_CLIFF = 50;
const ROWS = 10;
/** For what else a process has open. */
const OTHER_FILES = 100;

/** How ports are searched, and what came of it. */
interface Search {
  readonly name: string;
  readonly isInOnePass: boolean;
  /** How many ports connect() looks at before it takes the next pass. */
  readonly passes: readonly number[];
  readonly fills: ConnectTimes[];
}

/** A lane is filled, and each connect() measured: with its ports searched in two passes, and in one. */
export const cliff: Experiment = {
  name: 'cliff',
  question: 'What does connect() cost while a lane fills, and can it stay cheap?',
  remedies: [localPortRange.id],
  programs: [],
  seconds: 2,
  pace: 'busy',
  open: async (stage) => {
    const host = stage.host('client');
    addAddress(host, 'lo', HERE);
    // The kernel may leave out the last port of a range that has an odd number of them.
    const most = 2 * Math.floor(((readOpenFileLimit() ?? stage.ports) - OTHER_FILES) / 2);
    const range = narrowRange(host, stage.range, most);
    if (rangeSize(range) < stage.ports) {
      stage.note(`The lane is ${formatRange(range)}: this process may open no more files (ulimit -n).`);
    }
    return { subject: host, run: () => run(stage, host, range) };
  },
};

async function run(stage: Stage, host: Host, range: PortRange): Promise<void> {
  const machine = await machineOfHost(host);
  const pool = hostPorts(machine);
  const [slots, first] = [usablePorts(pool), firstPassPorts(pool)];
  const missing = localPortRange.missing(machine);
  for (const { text } of missing) stage.note(`${text}.`);
  const asItIs: Search = { name: 'as it is', isInOnePass: false, passes: [first, slots - first], fills: [] };
  const inOnePass: Search = { name: 'IP_LOCAL_PORT_RANGE', isInOnePass: true, passes: [slots], fills: [] };
  const searches = missing.length === 0 ? [asItIs, inOnePass] : [asItIs];

  const cliffAt = stage.predict({
    what: 'used slots when connect() first takes a port of the other parity',
    unit: 'slots',
    predicted: first,
    tolerance: { kind: 'exact' },
    basis: `${formatCount(first)} of ports ${formatRange(range)} have the parity of ${range.low}`,
  });
  const bothParities = missing.length === 0 ? predictParities(stage, range, first) : null;
  const lane = laneOf(machine);
  const capacities = searches.map(({ name, isInOnePass }) =>
    stage.predict({
      what: `slots, ${name}`,
      unit: 'slots',
      predicted: modelSlots(isInOnePass ? localPortRange.predict(lane, machine) : lane),
      tolerance: { kind: 'exact' },
      basis: `ports ${formatRange(range)}`,
    }),
  );

  const canLeaveOut = missing.length === 0;
  const isLeftOut = (used: number): boolean =>
    canLeaveOut && used >= first && used < slots - MOST_PAST_CLIFF && used % (slots / PARTS) >= MOST_PAST_CLIFF;
  const rounds = Math.max(1, Math.round(CONNECTS / slots));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, search] of searches.entries()) {
      stage.progress(`filling a lane, ${search.name}`, { share: (round + index / searches.length) / rounds });
      search.fills.push(fillOnce(host, search, isLeftOut));
    }
  }

  const [ports = [], portsInOnePass = []] = searches.map(({ fills: [fill] }) => fill?.ports ?? []);
  const other = ports.findIndex((port) => !isFirstPassPort(range, port));
  cliffAt.measure(other < 0 ? ports.length : other, PORTS_GIVEN);
  bothParities?.measure(parities(portsInOnePass.slice(0, first)), PORTS_GIVEN);
  for (const [index, { fills }] of searches.entries()) {
    capacities[index]?.measure(fills[0]?.ports.length ?? 0, KERNEL_REFUSES);
  }
  show(stage, searches, slots, first);
}

/** That so many have one parity by chance is out of the question. */
function predictParities(stage: Stage, { low }: PortRange, first: number): Stated {
  return stage.predict({
    what: `parities of the first ${plural(first, 'port')} that connect() takes with IP_LOCAL_PORT_RANGE`,
    unit: '',
    predicted: parities([low, low + 1]),
    tolerance: { kind: 'exact' },
    basis: 'one pass has the ports of both',
  });
}

function parities(ports: readonly number[]): number {
  return new Set(ports.map((port) => port % 2)).size;
}

/** To a server of its own: none of the connections before is in its lane. */
function fillOnce(host: Host, { isInOnePass }: Search, isLeftOut: Filling['isLeftOut']): ConnectTimes {
  const server = new Server(host, HERE, PORT);
  const way = new Way(server, { isInOnePass });
  // Past the cliff both search the same ports for those that are left.
  const times = timeConnects(host, { way, easyWay: new Way(server, { isInOnePass: true }), isLeftOut });
  server.listener.close();
  return times;
}

function show(stage: Stage, searches: readonly Search[], slots: number, first: number): void {
  stage.plot({
    title: 'What a connect() costs by the share of slots that are used',
    x: { label: 'slots used', unit: 'share' },
    y: { label: 'a connect()', unit: 'microseconds', isLogarithmic: true },
    series: searches.map(({ name, fills }) => ({ name, points: pointsOf(mediansByPart(fills, PARTS)) })),
    marks: [{ x: first / slots, label: 'the cliff' }],
  });
  const costs = searches.map(({ fills }) => mediansByPart(fills, ROWS));
  stage.table({
    title: 'Ports that connect() looks at, were the free ones spread at random, and how long it takes: medians',
    columns: ['slots used', ...searches.flatMap(({ name }) => [`ports, ${name}`, `µs, ${name}`])],
    rows: (costs[0] ?? []).map((_, row, { length }) => [
      `${Math.round((100 * row) / length)}-${Math.round((100 * (row + 1)) / length)}%`,
      ...searches.flatMap(({ passes }, index) => [
        Math.round(meanPortsLookedAt(passes, ((row + 0.5) / length) * slots)),
        Number(costs[index]?.[row]?.toFixed(1)),
      ]),
    ]),
  });
}

/** Each at the middle of its part. */
function pointsOf(medians: readonly number[]): (readonly [number, number])[] {
  return medians.map((microseconds, part) => [(part + 0.5) / medians.length, microseconds]);
}
