import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort, anyRange } from '../../test/kit/arbitraries.ts';
import { PortSet } from './port-set.ts';

const anyPorts = fc.array(anyPort, { maxLength: 60 });
const anyCommand = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), port: anyPort }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('addRange' as const), range: anyRange }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
);

describe('a set of ports', () => {
  it('behaves as a Set of numbers does, and gives its ports lowest first', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 12 }), anyPort, (commands, probe) => {
        const [set, model] = [new PortSet(), new Set<number>()];
        for (const command of commands) {
          if (command.do === 'clear') {
            set.clear();
            model.clear();
          } else if (command.do === 'add') {
            expect(set.add(command.port)).toBe(!model.has(command.port));
            model.add(command.port);
          } else {
            set.addRange(command.range);
            for (let port = command.range.low; port <= command.range.high; port += 1) model.add(port);
          }
          expect(set.size).toBe(model.size);
        }
        expect(set.has(probe)).toBe(model.has(probe));
        expect([...set]).toEqual([...model].sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  it('counts what it holds within a range, both ends included', () => {
    fc.assert(
      fc.property(anyPorts, anyRange, (ports, range) => {
        const held = [...new Set(ports)].filter((port) => port >= range.low && port <= range.high);
        expect(PortSet.of(ports).countWithin(range)).toBe(held.length);
      }),
      { numRuns: 40 },
    );
  });

  it('counts the ends of a range', () => {
    const set = PortSet.of([0, 10, 20, 65_535]);
    expect(set.countWithin({ low: 10, high: 20 })).toBe(2);
    expect(set.countWithin({ low: 11, high: 19 })).toBe(0);
    expect(set.countWithin({ low: 20, high: 65_535 })).toBe(2);
    expect(set.countWithin({ low: 0, high: 0 })).toBe(1);
  });
});
