import { readdirSync, readFileSync } from 'node:fs';
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
import { FourtupleError } from '../../tcp/error.ts';
import { formatPortList } from '../../tcp/port-list.ts';
import { formatRange, LINUX_DEFAULT_RANGE } from '../../tcp/port-range.ts';
import { PortSet } from '../../tcp/port-set.ts';
import { findGateway } from '../gateways/gateways.ts';
import { DEFAULT_TRAFFIC, type HoldDistribution, type Tier, type Topology, type Traffic } from '../topology.ts';
import { readTopology } from './read-topology.ts';

type Style = DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions;

const FIXTURES = new URL('../../../test/fixtures/topologies/', import.meta.url);

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
    bindBeforeConnect: fc.boolean(),
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

const anyTraffic = fc.record(
  {
    rate: fc.nat(1_000_000),
    requestsPerConnection: fc.integer({ min: 100, max: 100_000 }).map((hundredths) => hundredths / 100),
    hold: anyMilliseconds,
    distribution: anyDistribution,
    closes: fc.constantFrom('from', 'to'),
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
      const { gatewayAddresses, hold, distribution, closes, ...more } = entry;
      return {
        ...more,
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
  return {
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
      boundBeforeConnect: source.bindBeforeConnect ?? false,
      timeWaitSeconds: (source.timeWait ?? 60_000) / 1_000,
      reuseDelaySeconds: source.reuse === undefined || source.reuse === null ? null : source.reuse / 1_000,
    },
    traffic: entry === null ? null : expectedTraffic(entry),
  };
}

function expectedTraffic({ gatewayAddresses: _, ...entry }: AnyTraffic): Traffic | null {
  if (Object.keys(entry).length === 0) return null;
  return {
    ...DEFAULT_TRAFFIC,
    requestsPerSecond: entry.rate ?? 0,
    requestsPerConnection: entry.requestsPerConnection ?? 1,
    holdSeconds: (entry.hold ?? 0) / 1_000,
    hold: entry.distribution ?? { kind: 'exponential' },
    closes: entry.closes === 'to' ? 'to' : 'from',
  };
}

/** Parts of files that mean something where they do not belong, and what text may hold besides. */
const FRAGMENTS = ['*a', '&a ', '\t', '\n', '\r\n', '  ', '- ', ': ', '{', '}', '[', ']', ', ', '"', "'", '#', '|', '>']
  .concat([
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '!!int ',
    '!<a> ',
    '<<: *a\n',
    '? ',
    '~',
    'null',
    '-1',
    '1e999',
    '0x1',
    '.nan',
  ])
  .concat([
    '\u0000',
    '\u001B[2J',
    '\uD800',
    '\uFFFD',
    '\u2028',
    '𝟙',
    '__proto__: 1\n',
    'constructor: 1\n',
    'name: proxy\n',
  ]);

const anyMutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.nat(30)),
  inserted: fc.oneof(fc.constantFrom('', ...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 5 })),
});

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

describe('a topology file in which something is wrong', () => {
  const texts = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES), 'utf8'));

  it('is read, or each of its mistakes has a place within it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(anyMutation, { minLength: 1, maxLength: 4 }),
        (text, mutations) => {
          expectReadOrRefused(mutations.reduce(mutate, text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is read or refused so whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary' }))), (parts) => {
        expectReadOrRefused(parts.join(''));
      }),
      { numRuns: 1_000 },
    );
  });
});

function mutate(text: string, { at, removed, inserted }: { at: number; removed: number; inserted: string }): string {
  const offset = Math.floor(at * text.length);
  return text.slice(0, offset) + inserted + text.slice(offset + removed);
}

function expectReadOrRefused(text: string): void {
  let message = '';
  try {
    readTopology(text, 'any.yaml');
    return;
  } catch (error) {
    if (!(error instanceof FourtupleError) || error.code !== 'FT_TOPOLOGY') throw error;
    message = error.message;
  }
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const mistake of message.replace(/\nand more$/, '').split('\n')) {
    const [, line, column] = /^any\.yaml:(\d+):(\d+): [\P{C}]+$/u.exec(mistake) ?? [];
    expect(mistake).toMatch(/^any\.yaml:\d+:\d+: \S/);
    expect(Number(line)).toBeGreaterThan(0);
    const width = [...(lines[Number(line) - 1] ?? '')].length;
    expect(Number(column)).toBeGreaterThan(0);
    expect(Number(column)).toBeLessThanOrEqual(width + 1);
  }
}
