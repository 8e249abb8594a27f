import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort, anyRange } from '../../test/kit/arbitraries.ts';
import { FourtupleError } from './error.ts';
import { formatPortList, parsePortList } from './port-list.ts';

const anyItem = fc.oneof(
  anyPort.map((port) => ({ text: `${port}`, low: port, high: port })),
  anyRange.map(({ low, high }) => ({ text: `${low}-${high}`, low, high })),
);
const anyList = fc.array(anyItem, { maxLength: 8 });

describe('a list of ports', () => {
  it('holds the ports of its items, in whatever order and however they overlap', () => {
    fc.assert(
      fc.property(anyList, fc.constantFrom(',', ', ', ' ,', ',,'), (items, comma) => {
        const model = new Set<number>();
        for (const { low, high } of items) for (let port = low; port <= high; port += 1) model.add(port);
        const text = `${items.map((item) => item.text).join(comma)}\n`;
        expect([...parsePortList(text)]).toEqual([...model].sort((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  });

  it('is read back from what is written, and written the same again', () => {
    fc.assert(
      fc.property(anyList, (items) => {
        const ports = parsePortList(items.map((item) => item.text).join(','));
        const text = formatPortList(ports);
        expect([...parsePortList(text)]).toEqual([...ports]);
        expect(formatPortList(parsePortList(text))).toBe(text);
      }),
      { numRuns: 25 },
    );
  });

  // What /proc/sys/net/ipv4/ip_local_reserved_ports gives for what is written to it (proc_do_large_bitmap()).
  it.each([
    ['', ''],
    ['8080', '8080'],
    ['41000-41001,41003', '41000-41001,41003'],
    ['41003,41000-41001', '41000-41001,41003'],
    ['41000-41001,41002', '41000-41002'],
    ['41000,41001', '41000-41001'],
    ['1-10,5-20', '1-20'],
    ['8080,8080', '8080'],
    ['0-65535', '0-65535'],
    ['0,65535', '0,65535'],
  ])("has the kernel's own form: %j is %j", (written, normal) => {
    expect(formatPortList(parsePortList(written))).toBe(normal);
  });

  it.each([
    ['8080,http', 'http'],
    ['8080,41003-41000', '41003-41000'],
    ['65536', '65536'],
    ['1-65536,2', '1-65536'],
    ['1-2-3', '1-2-3'],
    ['-5', '-5'],
    ['10 20', '10 20'],
    ['0x50', '0x50'],
  ])('is refused by the item that is neither a port nor a range: %j', (text, item) => {
    expect(() => parsePortList(text)).toThrow(FourtupleError);
    expect(() => parsePortList(text)).toThrow(
      expect.objectContaining({ code: 'FT_PORT_RANGE', message: expect.stringContaining(`'${item}'`) }),
    );
  });
});
