import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { socketOptions } from '../../test/kit/inet-diag-encoder.ts';
import { type ChosenPort, firstPassSize, PortChoice, seededRandom } from '../../test/kit/port-choice.ts';
import { censusOf, idle, lane, listener, ports } from '../../test/kit/scans.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import type { Census } from './census.ts';
import { isBoundBeforeConnect } from './shared-pool.ts';

const RANGE = parsePortRange('40000-40199');
const FIRST_PASS = firstPassSize(RANGE);
const A = { source: '10.0.0.5', destination: '10.0.1.1' };
const anySeed = fc.nat(0xffff_ffff);

/** n over k, exactly. */
function binomial(n: number, k: number): bigint {
  let ways = 1n;
  for (let index = 0; index < k; index += 1) ways = (ways * BigInt(n - index)) / BigInt(index + 1);
  return ways;
}

function census(chosen: readonly ChosenPort[], blockers: readonly number[] = []): Census {
  const sockets = chosen.flatMap(({ source, destination, port }) => lane(source, destination, 80, [port]));
  return censusOf({ range: RANGE, sockets, bound: blockers.map((port) => idle('10.9.9.9', port)) });
}

/** The lanes that are said to be of a shared pool: `source>destination`. */
function pools(counted: Census): string[] {
  const found = counted.lanes().filter(({ pool }) => pool === 'source');
  return found.map(({ source, destination }) => `${source}>${destination}`).sort();
}

describe('ports of the other parity', () => {
  it.each([
    [0, 8, false],
    [0, 9, true],
    [0, 10, true],
    [1, 10, false],
    [1, 11, false],
    [1, 12, true],
    [2, 13, false],
    [5, 5, false],
    [10, 9, false],
    [15, 45, true],
    [25, 75, true],
    [26, 74, false],
    [50, 50, false],
    [14_116, 0, false],
    [0, 14_116, true],
    [0, 0, false],
  ])('beside %i of the first pass, %i: bound before connect %s', (first, other, bound) => {
    expect(isBoundBeforeConnect(first, other)).toBe(bound);
  });

  it('are taken for bound less often than once in 512 times where chance alone gave them', () => {
    for (let count = 1; count <= 200; count += 1) {
      let ways = 0n;
      for (let other = 0; other <= count; other += 1) {
        if (isBoundBeforeConnect(count - other, other)) ways += binomial(count, other);
      }
      expect(ways * 512n <= 2n ** BigInt(count), `${count} ports`).toBe(true);
    }
  });

  it('are taken for bound the more, the more there are of them', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.nat(20), (first, other, more) => {
        fc.pre(isBoundBeforeConnect(first, other));
        fc.pre(first + other + more <= 60 || first + other > 60);
        expect(isBoundBeforeConnect(first, other + more)).toBe(true);
      }),
    );
  });
});

describe('lanes that connect() found the ports of', () => {
  it('are never said to share their ports, below the cliff', () => {
    fc.assert(
      fc.property(anySeed, fc.array(fc.nat(FIRST_PASS - 10), { minLength: 1, maxLength: 6 }), (seed, counts) => {
        const random = seededRandom(seed);
        const blockers = ports(0, 9).map(() => 40_000 + Math.floor(random() * 200));
        const choice = new PortChoice(RANGE, random, blockers);
        for (const [index, count] of counts.entries()) {
          const ends = { source: `10.0.0.${index % 2}`, destination: `10.0.1.${index}` };
          for (let opened = 0; opened < count; opened += 1) choice.connect(ends);
        }
        expect(pools(census(choice.chosen, blockers))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('are not said to share their ports past the cliff either, alone or beside others', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: FIRST_PASS, max: 200 }), fc.nat(200), (seed, count, second) => {
        const choice = new PortChoice(RANGE, seededRandom(seed));
        for (let opened = 0; opened < count; opened += 1) choice.connect(A);
        for (let opened = 0; opened < second; opened += 1) choice.connect({ ...A, destination: '10.0.1.2' });
        expect(pools(census(choice.chosen))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('are not said to share their ports where two of them hold the same one', () => {
    const odd = ports(40_001, 40_039, 2);
    const sockets = ['10.0.1.1', '10.0.1.2'].flatMap((destination) => lane(A.source, destination, 80, odd));
    expect(pools(censusOf({ range: RANGE, sockets }))).toEqual([]);
    // The same ports of two sources say nothing against it.
    const apart = [...lane('10.0.0.5', '10.0.1.1', 80, odd), ...lane('10.0.0.6', '10.0.1.1', 80, odd)];
    expect(pools(censusOf({ range: RANGE, sockets: apart }))).toEqual(['10.0.0.5>10.0.1.1', '10.0.0.6>10.0.1.1']);
  });

  it('are not said to share their ports where IP_LOCAL_PORT_RANGE gives either parity, but for chance', () => {
    const [worlds, lanes] = [4, 200];
    let flagged = 0;
    for (let seed = 0; seed < worlds; seed += 1) {
      const choice = new PortChoice(RANGE, seededRandom(seed));
      for (let index = 0; index < lanes; index += 1) {
        const ends = { source: `10.1.${seed}.${index}`, destination: '10.0.1.1' };
        for (let opened = 0; opened < 9 + (index % 60); opened += 1) choice.connectWithRange(ends);
      }
      flagged += pools(census(choice.chosen)).length;
    }
    // Once in 512 lanes: with 800 lanes more than eight are rarer than once in ten thousand times.
    expect(flagged).toBeLessThanOrEqual(8);
  });

  it('are not said to share their ports where either parity is nearly used up, but for chance', () => {
    const lanes = 100;
    const pooled = ports(170, 190, 5).map((fill) => {
      const random = seededRandom(fill);
      const sockets = ports(1, lanes).flatMap((index) => {
        const shuffled = ports(RANGE.low, RANGE.high).map((port) => ({ port, rank: random() }));
        const held = shuffled.sort((a, b) => a.rank - b.rank).slice(0, fill);
        return lane(
          `10.1.0.${index}`,
          A.destination,
          80,
          held.map(({ port }) => port),
        );
      });
      return pools(censusOf({ range: RANGE, sockets })).length;
    });
    // Once in 512 lanes: of a hundred more than three are rarer than once in fifty thousand times.
    expect(Math.max(...pooled)).toBeLessThanOrEqual(3);
  });

  it('are not said to share their ports where the sockets have IP_BIND_ADDRESS_NO_PORT', () => {
    const attributes = [socketOptions(true)];
    const sockets = lane(A.source, A.destination, 80, ports(40_001, 40_199, 2), { attributes });
    expect(pools(censusOf({ range: RANGE, sockets }))).toEqual([]);
  });

  it('are not said to share their ports for sockets that are bound to ports of their own choice', () => {
    const sockets = lane(A.source, A.destination, 80, ports(40_001, 40_039, 2));
    expect(pools(censusOf({ range: RANGE, sockets }))).toEqual([`${A.source}>${A.destination}`]);
    expect(pools(censusOf({ range: RANGE, sockets, bound: sockets }))).toEqual([]);
  });
});

describe('lanes that bind() found the ports of', () => {
  it('are told from ten connections on, in one lane or in ten', () => {
    const anyShape = fc
      .record({ lanes: fc.integer({ min: 1, max: 10 }), each: fc.integer({ min: 1, max: 60 }) })
      .filter(({ lanes, each }) => lanes * each >= 10 && lanes * each <= 90);
    fc.assert(
      fc.property(anySeed, anyShape, (seed, { lanes, each }) => {
        const choice = new PortChoice(RANGE, seededRandom(seed));
        for (let opened = 0; opened < lanes * each; opened += 1) {
          choice.bindAndConnect({ ...A, destination: `10.0.1.${opened % lanes}` });
        }
        const counted = census(choice.chosen);
        expect(pools(counted)).toHaveLength(lanes);
        expect(new Set(counted.blocked.ports)).toEqual(new Set(choice.chosen.map(({ port }) => port)));
      }),
      { numRuns: 25 },
    );
  });

  it('are told beside lanes of the same source that connect() found ports for', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 10, max: 60 }), fc.nat(90), (seed, bound, connected) => {
        const choice = new PortChoice(RANGE, seededRandom(seed));
        for (let opened = 0; opened < bound; opened += 1) choice.bindAndConnect(A);
        for (let opened = 0; opened < connected; opened += 1) choice.connect({ ...A, destination: '10.0.1.2' });
        expect(pools(census(choice.chosen))).toEqual([`${A.source}>${A.destination}`]);
      }),
      { numRuns: 25 },
    );
  });

  // One lane alone that is full looks the same, whoever found its ports.
  it('are told by their source when bind() has run out of ports of the other parity', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 101, max: 200 }), fc.integer({ min: 2, max: 5 }), (seed, count, lanes) => {
        const choice = new PortChoice(RANGE, seededRandom(seed));
        for (let opened = 0; opened < count; opened += 1) {
          choice.bindAndConnect({ ...A, destination: `10.0.1.${opened % lanes}` });
        }
        const counted = census(choice.chosen);
        expect(pools(counted)).toHaveLength(lanes);
        expect(counted.blocked.ports.size).toBe(count);
        for (const { free, used, slots } of counted.lanes())
          expect([free, slots - used]).toEqual([200 - count, 200 - count]);
      }),
      { numRuns: 25 },
    );
  });

  it('leave the ports that they hold to no other lane, and those of their source to none of theirs', () => {
    const sockets = [
      ...lane(A.source, A.destination, 80, ports(40_001, 40_039, 2)),
      ...lane(A.source, '10.0.1.2', 80, ports(40_041, 40_059, 2)),
      ...lane('10.0.0.6', '10.0.1.2', 80, [40_000, 40_002]),
      listener('0.0.0.0', 40_100),
    ];
    const counted = censusOf({ range: RANGE, sockets, reserved: [40_199] });
    expect(counted.usable).toBe(200 - 1 - 1 - 30);
    const slots = counted
      .lanes()
      .map(({ source, destination, slots, free }) => [`${source}>${destination}`, slots, free]);
    expect(slots).toEqual([
      ['10.0.0.5>10.0.1.1', 168 + 20, 168],
      ['10.0.0.5>10.0.1.2', 168 + 10, 168],
      ['10.0.0.6>10.0.1.2', 168, 166],
    ]);
  });
});
