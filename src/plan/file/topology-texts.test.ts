import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CreateNodeOptions,
  type DocumentOptions,
  type SchemaOptions,
  stringify,
  type ToStringOptions,
} from 'yaml';
import { anyPort, anyRange } from '../../../test/kit/arbitraries.ts';
import { formatPortList } from '../../tcp/port-list.ts';
import { formatRange, LINUX_DEFAULT_RANGE } from '../../tcp/port-range.ts';
import { PortSet } from '../../tcp/port-set.ts';
import { findGateway } from '../gateways/gateways.ts';
import { mostKept } from '../pools.ts';
import {
  DEFAULT_TRAFFIC,
  type HoldDistribution,
  type LaneChoice,
  MOST_KEYS,
  MOST_RETRIES,
  type Tier,
  type Topology,
  type Traffic,
  type TrafficPattern,
} from '../topology.ts';
import { readTopology } from './read-topology.ts';

type Style = DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions;

const anyName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((name) => name.trim() === name && !/[\p{C}\p{Zl}\p{Zp}→\uFFFD]/u.test(name));
const anyCount = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const anyMilliseconds = fc.nat(10_000_000);
const anyPorts = fc.array(anyPort, { maxLength: 6 });

/** What is written of hosts; what is undefined is left out. */
const anyHosts = fc.record(
  {
    replicas: anyCount,
    addresses: anyCount,
    sourceAddresses: anyCount,
    ports: anyPort,
    range: anyRange,
    reserved: anyPorts,
    listening: anyPorts,
    boundBeforeConnect: fc.boolean(),
    timeWait: anyMilliseconds,
    reuse: fc.option(anyMilliseconds),
  },
  { requiredKeys: [] },
);

const anyDistribution: fc.Arbitrary<HoldDistribution> = fc.oneof(
  fc.constantFrom<HoldDistribution>({ kind: 'constant' }, { kind: 'exponential' }),
  fc
    .integer({ min: 1, max: 5_000 })
    .map((thousandths): HoldDistribution => ({ kind: 'log-normal', deviation: thousandths / 1_000 })),
);

const anyShare = fc.nat(2_000).map((thousandths) => thousandths / 1_000);

const anyPattern: fc.Arbitrary<TrafficPattern> = fc.oneof(
  fc.constantFrom<TrafficPattern>({ kind: 'constant' }, { kind: 'poisson' }),
  anyCount.map((size): TrafficPattern => ({ kind: 'bursts', size })),
  fc
    .array(anyShare, { minLength: 2, maxLength: 30 })
    .filter((shares) => shares.some((share) => share > 0))
    .map((shares): TrafficPattern => ({ kind: 'day', shares })),
);

const anyLaneChoice: fc.Arbitrary<LaneChoice> = fc.oneof(
  fc.constantFrom<LaneChoice>({ kind: 'random' }, { kind: 'round-robin' }, { kind: 'least-used' }),
  fc.integer({ min: 1, max: MOST_KEYS }).map((keys): LaneChoice => ({ kind: 'hash', keys })),
);

const anyTraffic = fc.record(
  {
    rate: fc.nat(1_000_000),
    pattern: anyPattern,
    requestsPerConnection: fc.integer({ min: 100, max: 100_000 }).map((hundredths) => hundredths / 100),
    hold: anyMilliseconds,
    distribution: anyDistribution,
    closes: fc.constantFrom('from', 'to'),
    roundTrip: anyMilliseconds,
    /** Of as many as can be kept, where a slot is left. */
    keptShare: fc.nat(999).map((thousandths) => thousandths / 1_000),
    lanes: anyLaneChoice,
    retries: fc.nat(MOST_RETRIES),
    gatewayAddresses: fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
);

type AnyHosts = typeof anyHosts extends fc.Arbitrary<infer T> ? T : never;
type AnyTraffic = typeof anyTraffic extends fc.Arbitrary<infer T> ? T : never;

/** Tiers, and what passes between them: in row i and column j from the one to the other; null for nothing. */
interface Plan {
  readonly names: readonly string[];
  readonly hosts: readonly AnyHosts[];
  readonly matrix: readonly (readonly (AnyTraffic | null)[])[];
}

const anyPlan: fc.Arbitrary<Plan> = fc.integer({ min: 2, max: 5 }).chain((size) =>
  fc.record({
    names: fc.uniqueArray(anyName, { minLength: size, maxLength: size }),
    hosts: fc.array(anyHosts, { minLength: size, maxLength: size }),
    matrix: fc.array(fc.array(fc.option(anyTraffic, { freq: 1 }), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    }),
  }),
);

const anyStyle: fc.Arbitrary<Style> = fc.record({
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  indent: fc.integer({ min: 1, max: 8 }),
  indentSeq: fc.boolean(),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'),
  defaultKeyType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  lineWidth: fc.constantFrom(0, 40, 80),
});

/** An empty list cannot be written in each style. */
function write({ names, hosts, matrix }: Plan, style: Style): string {
  const tiers = hosts.map(({ range, reserved, listening, timeWait, reuse, ...more }, index) => ({
    ...more,
    range: range && formatRange(range),
    reserved: reserved && formatPortList(PortSet.of(reserved)),
    listening: listening?.length === 0 ? '' : listening,
    timeWait: timeWait === undefined ? undefined : `${timeWait}ms`,
    reuse: reuse === undefined ? undefined : reuse === null ? false : `${reuse}ms`,
    name: names[index],
  }));
  const traffic = matrix.flatMap((row, from) =>
    row.flatMap((entry, to) => {
      if (entry === null || from === to) return [];
      const { gatewayAddresses, hold, distribution, closes, pattern, roundTrip, keptShare, lanes, ...more } = entry;
      return {
        ...more,
        pattern: pattern && writeParameter(pattern),
        roundTrip: roundTrip === undefined ? undefined : `${roundTrip}ms`,
        keep:
          keptShare === undefined
            ? undefined
            : keptOf(expectedTier({ names, hosts, matrix }, from, to, entry), keptShare),
        lanes: lanes && writeParameter(lanes),
        hold: hold === undefined ? undefined : `${hold}ms`,
        distribution:
          distribution?.kind === 'log-normal' ? { 'log-normal': distribution.deviation } : distribution?.kind,
        closes: closes && (closes === 'from' ? 'client' : 'server'),
        via: gatewayAddresses && { gateway: 'aws-nat-gateway', addresses: gatewayAddresses },
        to: names[to],
        from: names[from],
      };
    }),
  );
  return stringify(traffic.length === 0 ? { tiers } : { traffic, tiers }, { ...style, aliasDuplicateObjects: false });
}

/** A word or, of what has a parameter, a mapping. */
function writeParameter(choice: TrafficPattern | LaneChoice): unknown {
  if (choice.kind === 'bursts') return { bursts: choice.size };
  if (choice.kind === 'day') return { day: choice.shares };
  return choice.kind === 'hash' ? { hash: choice.keys } : choice.kind;
}

function keptOf(tier: Tier, share: number): number {
  return Math.floor(share * mostKept(tier));
}

function expectedOf({ names, hosts, matrix }: Plan): Topology {
  const given = (from: number, to: number): AnyTraffic | null => (from === to ? null : (matrix[from]?.[to] ?? null));
  const tiers: Tier[] = [];
  for (const from of names.keys()) {
    for (const to of names.keys()) {
      const entry = given(from, to);
      const isReached = [...names.keys()].some((other) => given(other, to) !== null);
      const isAssumed = to === from + 1 && !isReached && given(to, from) === null;
      if (entry !== null || isAssumed) tiers.push(expectedTier({ names, hosts, matrix }, from, to, entry));
    }
  }
  return { tiers };
}

function expectedTier({ names, hosts }: Plan, from: number, to: number, entry: AnyTraffic | null): Tier {
  const [source, destination] = [hosts[from] as AnyHosts, hosts[to] as AnyHosts];
  const [fromName, toName] = [names[from] as string, names[to] as string];
  const sources = source.replicas ?? 1;
  const addresses = entry?.gatewayAddresses;
  const tier: Tier = {
    name: `${fromName} → ${toName}`,
    from: { name: fromName, hosts: sources, addresses: source.sourceAddresses ?? source.addresses ?? 1 },
    to: {
      name: toName,
      hosts: destination.replicas ?? 1,
      addresses: destination.addresses ?? 1,
      ports: destination.ports ?? 1,
    },
    via: addresses === undefined ? null : findGateway('aws-nat-gateway').resolve({ hosts: sources, addresses }),
    settings: {
      range: source.range ?? LINUX_DEFAULT_RANGE,
      reserved: PortSet.of(source.reserved ?? []),
      listening: [...new Set(source.listening ?? [])].sort((a, b) => a - b),
      boundBeforeConnect: source.boundBeforeConnect ?? false,
      timeWaitSeconds: (source.timeWait ?? 60_000) / 1_000,
      reuseDelaySeconds: source.reuse === undefined || source.reuse === null ? null : source.reuse / 1_000,
    },
    traffic: null,
  };
  return entry === null ? tier : { ...tier, traffic: expectedTraffic(entry, tier) };
}

function expectedTraffic({ gatewayAddresses: _, ...entry }: AnyTraffic, tier: Tier): Traffic | null {
  if (Object.keys(entry).length === 0) return null;
  const kept = keptOf(tier, entry.keptShare ?? 0);
  return {
    ...DEFAULT_TRAFFIC,
    ...{ pattern: entry.pattern ?? { kind: 'poisson' }, laneChoice: entry.lanes ?? { kind: 'random' } },
    ...{ roundTripSeconds: (entry.roundTrip ?? 0) / 1_000, retries: entry.retries ?? 0 },
    keptPerLane: kept / tier.from.addresses,
    requestsPerSecond: entry.rate ?? 0,
    requestsPerConnection: entry.requestsPerConnection ?? (kept === 0 ? 1 : Number.POSITIVE_INFINITY),
    holdSeconds: (entry.hold ?? 0) / 1_000,
    hold: entry.distribution ?? { kind: 'exponential' },
    closes: entry.closes === 'to' ? 'to' : 'from',
  };
}

describe('a topology', () => {
  it('reads back as it was written, in every style', () => {
    fc.assert(
      fc.property(anyPlan, anyStyle, (plan, style) => {
        expect(readTopology(write(plan, style), 'any.yaml')).toEqual(expectedOf(plan));
      }),
      { numRuns: 500 },
    );
  });
});
