import { type PortPool, usablePorts } from '../../tcp/capacity.ts';
import { formatCount } from '../../tcp/number-text.ts';
import { formatPortList } from '../../tcp/port-list.ts';
import { formatRange } from '../../tcp/port-range.ts';
import { PortSet } from '../../tcp/port-set.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { addAddress } from '../links.ts';
import { fillLane } from '../load/holders.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { KERNEL_REFUSES } from './evidence.ts';
import { HERE, PORT } from './places.ts';

/** How many ports are taken away from a lane. */
const RESERVED = 10;
const LISTENING = 2;
const BOUND = 100;

/** Beyond, filling a lane takes minutes: past the cliff each connect() searches half of the range in vain. */
const MOST_IN_TWO_PASSES = 4_096;
const IN_ONE_PASS =
  'The range is filled with IP_LOCAL_PORT_RANGE set, which changes how connect() searches, not how much it finds.';

/** What connect() can choose from on one host, and what makes it so. */
interface Case {
  readonly name: string;
  readonly what: string;
  readonly pool: PortPool;
  prepare(host: Host): void;
}

/** A lane is filled until the kernel refuses: with the range alone, and with what takes ports away from it. */
export const capacity: Experiment = {
  name: 'capacity',
  question: 'How many connections does one lane hold?',
  remedies: [],
  programs: [],
  seconds: 2,
  pace: 'waiting',
  open: async (stage) => {
    const cases = casesOf(stage).map((one) => {
      const host = stage.host(one.name);
      addAddress(host, 'lo', HERE);
      one.prepare(host);
      return { ...one, host };
    });
    return {
      subject: (cases[0] as (typeof cases)[number]).host,
      run: async () => {
        const stated = cases.map(({ what, pool }) =>
          stage.predict({
            what,
            unit: 'slots',
            predicted: usablePorts(pool),
            tolerance: { kind: 'exact' },
            basis: basisOf(pool),
          }),
        );
        const isInOnePass = stage.ports > MOST_IN_TWO_PASSES;
        if (isInOnePass) stage.note(IN_ONE_PASS);
        for (const [index, { host, name }] of cases.entries()) {
          stage.progress(`filling a lane, ${name}`, { share: index / cases.length });
          const { taken, release } = await fillLane(host, new Server(host, HERE, PORT), { isInOnePass });
          stated[index]?.measure(taken, KERNEL_REFUSES);
          release();
        }
      },
    };
  },
};

function casesOf({ range }: Stage): Case[] {
  const none = new PortSet();
  const inside = (count: number): PortSet =>
    PortSet.of(Array.from({ length: count }, (_, index) => range.low + 10 + index));
  const [reserved, listening] = [inside(RESERVED), inside(LISTENING)];
  return [
    { name: 'plain', what: 'a lane', pool: { range, reserved: none, blocked: none }, prepare: () => {} },
    {
      name: 'reserved',
      what: `with ${RESERVED} reserved ports`,
      pool: { range, reserved, blocked: none },
      prepare: (host) => host.writeSetting('ipv4.ip_local_reserved_ports', formatPortList(reserved)),
    },
    {
      name: 'listeners',
      what: `with ${LISTENING} listeners inside the range, on another address`,
      pool: { range, reserved: none, blocked: listening },
      prepare: (host) => {
        for (const port of listening) new Server(host, '127.0.0.1', port);
      },
    },
    {
      name: 'bound',
      what: `with ${BOUND} connections to elsewhere that were bound before connect`,
      // Which ports bind() has chosen does not matter.
      pool: { range, reserved: none, blocked: inside(BOUND) },
      prepare: (host) => {
        const elsewhere = new Way(new Server(host, '127.0.0.1', PORT), { from: '127.0.0.1', isBoundBefore: true });
        host.inside(() => {
          for (let left = BOUND; left > 0; left -= 1) elsewhere.connect();
        });
      },
    },
  ];
}

function basisOf({ range, reserved, blocked }: PortPool): string {
  const less = [
    ...(reserved.size === 0 ? [] : [`${formatCount(reserved.size)} reserved`]),
    ...(blocked.size === 0 ? [] : [`${formatCount(blocked.size)} blocked`]),
  ];
  return [`ports ${formatRange(range)}`, ...less].join(' − ');
}
