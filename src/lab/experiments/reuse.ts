import { setTimeout as sleep } from 'node:timers/promises';
import { readNetworkSettings } from '../../linux/sysctl.ts';
import { isLoopback, parseAddress } from '../../tcp/address.ts';
import { plural } from '../../tcp/number-text.ts';
import { rangeSize } from '../../tcp/port-range.ts';
import { reuseApplies } from '../../tcp/time-wait.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { addAddress, join } from '../links.ts';
import { countGranted, fillWithTimeWait } from '../load/fill.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_REFUSES, KERNEL_TAKES_OVER } from './evidence.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';
import { takenOver } from './taken-over.ts';

/** Of each lane: enough to tell all from none. */
const PORTS = 100;
/** What tcp_tw_reuse can be set to. */
const VALUES = [0, 1, 2] as const;
/** Until the clock is surely beyond the delay: kernels before 6.14 count its whole seconds. */
const MORE_SECONDS = 1.2;

/** Where a lane leads. */
interface Network {
  readonly name: string;
  /** Of the server, as the host with this value reaches it. */
  address(value: number): string;
}

const NETWORKS: readonly Network[] = [
  { name: 'loopback', address: () => '127.0.0.1' },
  { name: 'an address of its own', address: () => HERE },
  { name: 'another host', address: (value) => `10.77.${value}.2` },
];

/** A lane of a host, and how it is opened. */
interface Lane {
  readonly network: Network;
  readonly way: Way;
}

/** A host that is to have one value of the setting, and a lane towards each place. */
interface Subject {
  readonly value: number;
  readonly host: Host;
  readonly slots: number;
  readonly lanes: readonly Lane[];
}

/** What is stated of a host: for each of its lanes, and for all of them. */
interface Expected {
  readonly lanes: readonly Stated[];
  readonly all: Stated;
}

/** Old TIME_WAIT slots are counted that connect() takes over: all of a lane, or none. */
export const reuse: Experiment = {
  name: 'reuse',
  question: 'Which TIME_WAIT slots does connect() take over, with each value of tcp_tw_reuse?',
  remedies: ['tcp-tw-reuse'],
  programs: [],
  seconds: 3,
  pace: 'waiting',
  open: async (stage) => {
    const other = stage.host('other');
    const subjects = VALUES.map((value) => openSubject(stage, other, value));
    return { subject: (subjects[1] as Subject).host, run: () => run(stage, other, subjects) };
  },
};

function openSubject(stage: Stage, other: Host, value: number): Subject {
  const host = stage.host(`reuse-${value}`);
  const slots = rangeSize(narrowRange(host, stage.range, PORTS));
  addAddress(host, 'lo', HERE);
  const link = `reuse-${value}`;
  join(
    { host, link: 'wire', addresses: [`10.77.${value}.1/24`] },
    { host: other, link, addresses: [`10.77.${value}.2/24`] },
  );
  const lanes = NETWORKS.map((network) => {
    const address = network.address(value);
    const at = isLoopback(parseAddress(address)) || address === HERE ? host : other;
    return { network, way: new Way(new Server(at, address, PORT)) };
  });
  return { value, host, slots, lanes };
}

async function run(stage: Stage, other: Host, subjects: readonly Subject[]): Promise<void> {
  const peerTimestamps = other.inside(readNetworkSettings).tcpTimestamps !== 0;
  const expected = subjects.map((subject) => predict(stage, subject, peerTimestamps));
  for (const { host, value, lanes } of subjects) {
    stage.progress(`filling three lanes with TIME_WAIT, for tcp_tw_reuse=${value}`);
    // Until all are full: the first ones may be old before the last ones are closed.
    host.writeSetting('ipv4.tcp_tw_reuse', 0);
    for (const { way } of lanes) fillWithTimeWait(host, way);
    host.writeSetting('ipv4.tcp_tw_reuse', value);
  }
  const { tcpTwReuseDelaySeconds } = other.inside(readNetworkSettings);
  stage.progress('waiting until all are old enough', { isIdle: true });
  await sleep(1_000 * ((tcpTwReuseDelaySeconds ?? 0) + MORE_SECONDS));
  const rows = subjects.map((subject, index) => {
    stage.progress(`connecting with tcp_tw_reuse=${subject.value}`);
    return [subject.value, ...measure(subject, expected[index] as Expected)];
  });
  const columns = ['tcp_tw_reuse', ...NETWORKS.map(({ name }) => `towards ${name}`)];
  const slots = plural((subjects[0] as Subject).slots, 'slot');
  stage.table({ title: `Of ${slots} in TIME_WAIT, those that connect() takes over`, columns, rows });
}

function predict(stage: Stage, { value, host, slots, lanes }: Subject, peerTimestamps: boolean): Expected {
  const settings = { ...host.inside(readNetworkSettings), tcpTwReuse: value };
  const applies = lanes.map(({ way }) =>
    reuseApplies(settings, isLoopback(parseAddress(way.server.address)), peerTimestamps),
  );
  const many = applies.filter((does) => does === true).length;
  const exact = { unit: 'slots', tolerance: { kind: 'exact' } } as const;
  return {
    lanes: lanes.map(({ network }, index) =>
      stage.predict({
        ...exact,
        what: `tcp_tw_reuse=${value}, towards ${network.name}`,
        predicted: applies[index] === true ? slots : 0,
        basis: `${plural(slots, 'slot')} in TIME_WAIT, to which it ${applies[index] === true ? 'applies' : 'does not apply'}`,
      }),
    ),
    all: stage.predict({
      ...exact,
      what: `tcp_tw_reuse=${value}, all taken over`,
      predicted: many * slots,
      basis: `${plural(many, 'lane')} of ${plural(slots, 'slot')}`,
    }),
  };
}

/** @returns what was taken over in each lane */
function measure({ host, lanes }: Subject, expected: Expected): number[] {
  const before = takenOver(host);
  const counts = lanes.map(({ way }, index) => {
    const taken = countGranted(host, way);
    expected.lanes[index]?.measure(taken, KERNEL_REFUSES);
    return taken;
  });
  expected.all.measure(takenOver(host) - before, KERNEL_TAKES_OVER);
  return counts;
}
