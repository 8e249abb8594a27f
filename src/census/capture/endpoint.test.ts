import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../tcp/address.ts';
import { Endpoint } from './endpoint.ts';
import { Zones } from './zones.ts';

describe('an endpoint as ss and netstat print it', () => {
  it.each([
    ['10.0.0.5:80', '10.0.0.5', 80, null],
    ['0.0.0.0:*', '0.0.0.0', 0, null],
    ['10.0.0.5%eth0:80', '10.0.0.5', 80, 'eth0'],
    ['[2001:db8::5]:65535', '2001:db8::5', 65_535, null],
    ['[::ffff:10.0.0.5]:80', '10.0.0.5', 80, null],
    ['[fe80::1]%eth0:80', 'fe80::1', 80, 'eth0'],
    ['[fe80::1%eth0]:80', 'fe80::1', 80, 'eth0'],
    ['fe80::1%vlan.100:80', 'fe80::1', 80, 'vlan.100'],
    ['::1:9000', '::1', 9000, null],
    [':::80', '::', 80, null],
    ['*:80', '::', 80, null],
    ['*%eth0:80', '::', 80, 'eth0'],
    ['*:*', '::', 0, null],
  ])('%s is read', (text, address, port, zone) => {
    expect(read(text)).toEqual({ address, port, zone });
  });

  it.each([
    ...[
      '',
      ':',
      ':80',
      '10.0.0.5',
      '10.0.0.5:',
      '10.0.0.:80',
      '10.0.0.256:80',
      '10.0.0.05:80',
      '1.2.3.4.5:80',
      '0x7f.1:80',
    ],
    ...[
      '10.0.0.5:65536',
      '10.0.0.5:080',
      '10.0.0.5:8O',
      '10.0.0.5:-1',
      '[::1:80',
      '::1]:80',
      '[::1]80',
      '[]:80',
      '**:80',
    ],
    ...['%eth0:80', '[fe80::1]%:80', '1:2:3:4:5:6:7:8:9:80', '2001:db8:1234:5678:80', '10.0.0.5:1e3'],
  ])('%j is refused', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('is told from a name in place of a number', () => {
    const isName = (text: string): boolean => {
      const endpoint = new Endpoint(new Zones());
      expect(readWith(endpoint, text)).toBe(false);
      return endpoint.isName;
    };
    for (const text of ['10.0.0.5:http', 'proxy-1.core:80', 'localhost:postgresql', '[::1]:http-alt', '*:ssh']) {
      expect(isName(text), text).toBe(true);
    }
    for (const text of ['10.0.0.:80', '10.0.0.5:8x', '10.0.0.5', 'a b:80', `${'x'.repeat(300)}:80`]) {
      expect(isName(text), text).toBe(false);
    }
  });

  it('tells for which families a listener is, where ss wrote it', () => {
    const ipv6Only = (text: string): boolean | undefined => {
      const endpoint = new Endpoint(new Zones());
      readWith(endpoint, text);
      return endpoint.ipv6Only;
    };
    expect(['*:80', '[::]:80', '[::]%eth0:80', ':::80', '0.0.0.0:80'].map(ipv6Only)).toEqual([
      false,
      true,
      true,
      undefined,
      undefined,
    ]);
  });

  it('tells whether its port can be the start of a longer one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), (port) => {
        const endpoint = new Endpoint(new Zones());
        readWith(endpoint, `10.0.0.5:${port}`);
        expect(endpoint.isPortWhole).toBe(Number(`${port}0`) > 65_535);
      }),
    );
  });

  it('is what the address library reads, or nothing, whatever the text is', () => {
    const piece = fc.constantFrom(...'0123456789abf.:[]%*'.split(''), '10.0.0.5', '::1', ':80', 'eth0');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const found = read(pieces.join(''));
        if (found === undefined) return;
        expect(read(`[${found.address}]:${found.port}`)).toEqual({ ...found, zone: null });
      }),
      { numRuns: 2000 },
    );
  });
});

const words = new Uint32Array(8);

function readWith(endpoint: Endpoint, text: string): boolean {
  // What stands around it does not belong to it.
  const bytes = Buffer.from(`12:34 ${text} 56:78`);
  return endpoint.read(bytes, 6, 6 + Buffer.byteLength(text), words, 4);
}

function read(text: string): { address: string; port: number; zone: string | null } | undefined {
  const zones = new Zones();
  const endpoint = new Endpoint(zones);
  if (!readWith(endpoint, text)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = words.subarray(4);
  return { address: formatAddress([a, b, c, d]), port: endpoint.port, zone: zones.names.get(endpoint.zone) ?? null };
}
