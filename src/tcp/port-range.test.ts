import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort, anyRange } from '../../test/kit/arbitraries.ts';
import { FourtupleError } from './error.ts';
import { formatRange, inRange, isFirstPassPort, LINUX_DEFAULT_RANGE, parsePortRange, rangeSize } from './port-range.ts';

const refusal = (text: string): FourtupleError => {
  try {
    parsePortRange(text);
  } catch (error) {
    if (error instanceof FourtupleError) return error;
    throw error;
  }
  throw new Error(`taken: ${text}`);
};

describe('a range of ports', () => {
  it('is read back from what is written, by people or by the kernel', () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        expect(parsePortRange(formatRange(range))).toEqual(range);
        expect(parsePortRange(`${range.low}\t${range.high}\n`)).toEqual(range);
        expect(parsePortRange(` ${range.low} - ${range.high} `)).toEqual(range);
      }),
    );
  });

  it.each([
    ['', 'it is not two ports'],
    ['32768', 'it is not two ports'],
    ['32768-', 'it is not two ports'],
    ['-60999', 'it is not two ports'],
    ['1-2-3', 'it is not two ports'],
    ['1..9', 'it is not two ports'],
    ['0x10-20', 'it is not two ports'],
    ['1e3-2000', 'it is not two ports'],
    ['0-10', 'there is no port 0'],
    ['10-0', 'there is no port 0'],
    ['10-65536', 'no port is above 65535'],
    ['70000-10', 'no port is above 65535'],
    [`1-${'9'.repeat(400)}`, 'no port is above 65535'],
  ])('is refused where it is not two ports from 1 to 65535: %j', (text, reason) => {
    expect(refusal(text)).toMatchObject({
      code: 'FT_PORT_RANGE',
      message: `'${text}' is not a port range: ${reason}`,
      hint: 'Write two ports from 1 to 65535, the lower one first: 32768-60999.',
    });
  });

  it('is refused upside down, with the right way round', () => {
    expect(refusal(' 60999 - 32768\n')).toMatchObject({
      code: 'FT_PORT_RANGE',
      message: "'60999 - 32768' is not a port range: it is upside down",
      hint: 'Write the lower port first: 32768-60999.',
    });
  });

  it('holds as many ports as lie in it', () => {
    fc.assert(
      fc.property(anyRange, anyPort, (range, port) => {
        const ports = new Set(Array.from({ length: rangeSize(range) }, (_, index) => range.low + index));
        expect(Math.max(...ports)).toBe(range.high);
        expect(inRange(range, port)).toBe(ports.has(port));
      }),
      { numRuns: 30 },
    );
  });

  it("is searched by connect() from its low end's parity on: every other port", () => {
    fc.assert(
      fc.property(anyRange, fc.nat(30_000), (range, offset) => {
        expect(isFirstPassPort(range, range.low + offset)).toBe(offset % 2 === 0);
      }),
    );
  });

  // net/ipv4/af_inet.c since Linux 4.2.
  it('is of 28,232 ports by default', () => {
    expect(LINUX_DEFAULT_RANGE).toEqual(parsePortRange('32768\t60999'));
    expect(rangeSize(LINUX_DEFAULT_RANGE)).toBe(28_232);
  });
});
