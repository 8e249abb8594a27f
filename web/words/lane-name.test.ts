import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLane, namespaceLabel, parseLane } from './lane-name.ts';

describe('the name of a lane', () => {
  it('is read back as it was written, for either kind of address', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('fe80::1%eth0'));
    fc.assert(
      fc.property(address, address, fc.integer({ min: 1, max: 65_535 }), (source, destination, port) => {
        expect(parseLane(formatLane({ source, destination, port }))).toEqual({ source, destination, port });
      }),
    );
  });

  it.each(['', 'x', '10.0.0.5>10.0.1.9', '>10.0.1.9:80', 'a>b:c', 'a>b:123456', 'a>b>c:80'])(
    'is not read from %j',
    (text) => {
      expect(parseLane(text)).toBeNull();
    },
  );
});

describe('the label of a namespace', () => {
  it('is its name, else its inode', () => {
    expect(namespaceLabel({ name: 'web', inode: 5 })).toBe('web');
    expect(namespaceLabel({ name: null, inode: 4_026_532_001 })).toBe('net:[4026532001]');
    expect(namespaceLabel({ name: null, inode: null })).toBe('unnamed');
  });
});
