import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyPort } from '../../test/kit/arbitraries.ts';
import { formatAddress, isIPv4, parseAddress, sameAddress } from './address.ts';
import { FourtupleError } from './error.ts';
import { formatEndpoint, formatLane } from './lane.ts';
import { formatLanePattern, type LanePattern, matchesLane, parseLanePattern } from './lane-pattern.ts';

type Ends = readonly [source: string, destination: string, port: number];

const matches = (pattern: string, [source, destination, port]: Ends): boolean =>
  matchesLane(parseLanePattern(pattern), parseAddress(source), parseAddress(destination), port);

const V4: Ends = ['10.0.0.5', '10.0.1.9', 8080];
const V6: Ends = ['2001:db8::5', '2001:db8:1::9', 443];

describe('a pattern of lanes', () => {
  it.each<[string, Ends, boolean]>([
    ['10.0.0.5>10.0.1.9:8080', V4, true],
    ['10.0.0.6>10.0.1.9:8080', V4, false],
    ['10.0.0.5>10.0.1.8:8080', V4, false],
    ['10.0.0.5>10.0.1.9:8081', V4, false],
    [' 10.0.0.5 > 10.0.1.9:8080 ', V4, true],
    ['*>10.0.1.9:8080', V4, true],
    ['>10.0.1.9:8080', V4, true],
    ['10.0.0.5>*', V4, true],
    ['10.0.0.5>', V4, true],
    ['10.0.0.6>*', V4, false],
    ['10.0.0.5>*:8080', V4, true],
    ['10.0.0.5>:8081', V4, false],
    ['10.0.0.0/24>10.0.1.0/24:*', V4, true],
    ['10.0.0.0/24>10.0.2.0/24:*', V4, false],
    ['*>10.0.1.0/24', V4, true],
    ['10.0.1.9:8080', V4, true],
    ['10.0.0.5:8080', V4, false],
    ['10.0.1.9', V4, true],
    ['10.0.1.9:*', V4, true],
    ['10.0.0.0/8:8080', V4, true],
    [':8080', V4, true],
    ['*:8080', V4, true],
    [':8081', V4, false],
    ['*', V4, true],
    ['*>*:*', V4, true],
    ['[10.0.0.5]>[10.0.1.9]:8080', V4, true],
    ['::ffff:10.0.0.5>[::ffff:10.0.1.9]:8080', V4, true],
    ['2001:db8::5>[2001:db8:1::9]:443', V6, true],
    ['[2001:db8::5]>[2001:db8:1::9]:443', V6, true],
    ['2001:db8::5>[2001:db8:1::9]:444', V6, false],
    ['2001:db8::6>[2001:db8:1::9]:443', V6, false],
    ['[2001:db8:1::9]:443', V6, true],
    ['[2001:db8:1::9]', V6, true],
    ['2001:db8:1::9', V6, true],
    ['[2001:db8::/32]:443', V6, true],
    ['2001:db8::/32', V6, true],
    ['2001:db8::/32>[2001:db8:1::/48]:*', V6, true],
    ['*>[2001:db9::/32]:443', V6, false],
    ['*>0.0.0.0/0:443', V6, false],
    ['*', V6, true],
  ])('%j with %j: %s', (pattern, lane, matched) => {
    expect(matches(pattern, lane)).toBe(matched);
  });

  it('that is written as a lane is matches that lane and no other', () => {
    const other = fc.tuple(anyAddress, anyAddress, anyPort);
    fc.assert(
      fc.property(
        anyAddress,
        anyAddress,
        anyPort,
        other,
        (source, destination, port, [anySource, anyEnd, anyOther]) => {
          const text = formatLane({ source: formatAddress(source), destination: formatAddress(destination), port });
          const pattern = parseLanePattern(text);
          expect(matchesLane(pattern, source, destination, port)).toBe(true);
          expect(matchesLane(pattern, anySource, destination, port)).toBe(sameAddress(source, anySource));
          expect(matchesLane(pattern, source, anyEnd, port)).toBe(sameAddress(destination, anyEnd));
          expect(matchesLane(pattern, source, destination, anyOther)).toBe(port === anyOther);
        },
      ),
    );
  });

  it('of one end matches every lane that leads there', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, anyPort, (source, destination, port) => {
        const pattern = parseLanePattern(formatEndpoint(formatAddress(destination), port));
        expect(matchesLane(pattern, source, destination, port)).toBe(true);
        expect(pattern.source.prefix).toBe(0);
      }),
    );
  });

  it.each([
    ['', 'nothing'],
    ['  ', 'nothing'],
    ['10.0.0.5>10.0.1.9>10.0.2.9', 'more than one >'],
    ['10.0.0.5>10.0.1.9:0', "'0' is not a port"],
    ['10.0.1.9:65536', "'65536' is not a port"],
    ['10.0.1.9:http', "'http' is not a port"],
    ['10.0.1.9:', "'' is not a port"],
    [':', "'' is not a port"],
    ['10.0.1.9:80 80', "'80 80' is not a port"],
    ['[::1]:-1', "'-1' is not a port"],
    ['proxy>10.0.1.9:80', "'proxy'"],
    ['10.0.1>10.0.1.9:80', "'10.0.1'"],
    ['*>backend:80', "'backend'"],
    ['*>10.0.1.0/33:80', "'10.0.1.0/33'"],
    ['[10.0.0.5>10.0.1.9:80', "'[10.0.0.5'"],
    ['::1:80:', "'::1:80:'"],
    ['[::1]x', "'[::1]x'"],
  ])('is refused by the part that is wrong: %j', (text, part) => {
    expect(() => parseLanePattern(text)).toThrow(FourtupleError);
    expect(() => parseLanePattern(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(part) }),
    );
  });

  it('counts the bits of a block from the start of its own family', () => {
    const lane: Ends = ['::1', '10.1.1.1', 1];
    expect(matches('10.0.0.0/8', lane)).toBe(true);
    expect(matches('::/8', lane)).toBe(true);
    expect(matches('a00::/8', lane)).toBe(false);
  });

  it('is read back as it is written', () => {
    const block = fc.tuple(anyAddress, fc.integer({ min: 1, max: 32 })).map(([address, bits]) => ({
      address,
      prefix: (isIPv4(address) ? 96 : 64) + bits,
    }));
    fc.assert(
      fc.property(block, block, fc.option(anyPort), (source, destination, port) => {
        const pattern: LanePattern = { source, destination, port };
        expect(parseLanePattern(formatLanePattern(pattern))).toEqual(pattern);
      }),
    );
    expect(formatLanePattern(parseLanePattern('*'))).toBe('*>*:*');
  });
});
