import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../../tcp/error.ts';
import type { Gateway, GatewayUse } from '../gateway.ts';
import { findGateway, GATEWAYS } from './gateways.ts';

function resolve(id: string, use: GatewayUse): Gateway {
  return findGateway(id).resolve(use);
}

function refusal(act: () => unknown): FourtupleError {
  try {
    act();
  } catch (error) {
    if (error instanceof FourtupleError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the catalog of gateways', () => {
  it('has each id once, and a source for each', () => {
    expect(new Set(GATEWAYS.map((kind) => kind.id)).size).toBe(GATEWAYS.length);
    for (const kind of GATEWAYS) expect(kind.source).toMatch(/^https:\/\//);
  });

  it('finds a gateway by its id, and names all ids where there is none', () => {
    for (const kind of GATEWAYS) expect(findGateway(kind.id)).toBe(kind);
    const { code, message, hint } = refusal(() => findGateway('aws-nat'));
    expect(code).toBe('FT_ARGUMENT');
    expect(message).toContain("'aws-nat'");
    for (const kind of GATEWAYS) expect(hint).toContain(kind.id);
  });

  it('says how long a slot is kept only where that is documented', () => {
    const documented = Object.fromEntries(GATEWAYS.map((kind) => [kind.id, kind.timeWaitSeconds]));
    expect(documented).toEqual({
      'aws-nat-gateway': null,
      'google-cloud-nat': 120,
      'google-cloud-nat-dynamic': 120,
      'azure-nat-gateway': 65,
      'azure-load-balancer': 240,
      'cilium-masquerading': null,
      'netfilter-masquerading': 120,
    });
  });
});

describe('a gateway whose hosts share its ports', () => {
  it.each([
    { id: 'aws-nat-gateway', slotsPerLane: 55_000, mostAddresses: 8, timeWaitSeconds: 60, tries: null },
    { id: 'azure-nat-gateway', slotsPerLane: 50_000, mostAddresses: 16, timeWaitSeconds: 65, tries: null },
    { id: 'cilium-masquerading', slotsPerLane: 32_768, mostAddresses: null, timeWaitSeconds: 60, tries: 32 },
    { id: 'netfilter-masquerading', slotsPerLane: 64_512, mostAddresses: null, timeWaitSeconds: 120, tries: 248 },
  ])('has a lane per address and destination: $id', ({ id, ...figures }) => {
    expect(resolve(id, { hosts: 40 })).toMatchObject({ id, ...figures, lanePer: 'address', addresses: 1 });
    expect(resolve(id, { hosts: 40, addresses: 8 })).toMatchObject({ ...figures, addresses: 8 });
    expect(refusal(() => resolve(id, { hosts: 40, portsPerHost: 64 })).code).toBe('FT_ARGUMENT');
  });
});

describe('a gateway that gives each host ports of its own', () => {
  it.each([
    { id: 'google-cloud-nat', use: { hosts: 1_008 }, slotsPerLane: 64 },
    { id: 'google-cloud-nat', use: { hosts: 63, portsPerHost: 1_024 }, slotsPerLane: 1_024 },
    { id: 'google-cloud-nat', use: { hosts: 1, addresses: 2, portsPerHost: 100_000 }, slotsPerLane: 100_000 },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 1 }, slotsPerLane: 32_768 },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 1, addresses: 2 }, slotsPerLane: 65_536 },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 1, addresses: 300 }, slotsPerLane: 65_536 },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 10 }, slotsPerLane: 4_096 },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 10, portsPerHost: 64 }, slotsPerLane: 64 },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 2_016 }, slotsPerLane: 32 },
    { id: 'azure-load-balancer', use: { hosts: 1 }, slotsPerLane: 1_024 },
    { id: 'azure-load-balancer', use: { hosts: 50 }, slotsPerLane: 1_024 },
    { id: 'azure-load-balancer', use: { hosts: 51 }, slotsPerLane: 512 },
    { id: 'azure-load-balancer', use: { hosts: 100 }, slotsPerLane: 512 },
    { id: 'azure-load-balancer', use: { hosts: 101 }, slotsPerLane: 256 },
    { id: 'azure-load-balancer', use: { hosts: 200 }, slotsPerLane: 256 },
    { id: 'azure-load-balancer', use: { hosts: 201 }, slotsPerLane: 128 },
    { id: 'azure-load-balancer', use: { hosts: 400 }, slotsPerLane: 128 },
    { id: 'azure-load-balancer', use: { hosts: 401 }, slotsPerLane: 64 },
    { id: 'azure-load-balancer', use: { hosts: 800 }, slotsPerLane: 64 },
    { id: 'azure-load-balancer', use: { hosts: 801 }, slotsPerLane: 32 },
    { id: 'azure-load-balancer', use: { hosts: 1_000 }, slotsPerLane: 32 },
    { id: 'azure-load-balancer', use: { hosts: 50, addresses: 3 }, slotsPerLane: 3_072 },
    { id: 'azure-load-balancer', use: { hosts: 2, portsPerHost: 32_000 }, slotsPerLane: 32_000 },
    { id: 'azure-load-balancer', use: { hosts: 1_001, portsPerHost: 56 }, slotsPerLane: 56 },
  ])('has a lane per host and destination: $id, $use', ({ id, use, slotsPerLane }) => {
    expect(resolve(id, use)).toMatchObject({
      id,
      slotsPerLane,
      lanePer: 'host',
      addresses: use.hosts,
      mostAddresses: use.hosts,
    });
  });

  it('never gives its hosts more ports than its addresses have', () => {
    const counts = { hosts: fc.integer({ min: 1, max: 3_000 }), addresses: fc.integer({ min: 1, max: 300 }) };
    const perHost = GATEWAYS.filter((kind) => kind.id.startsWith('google') || kind.id === 'azure-load-balancer');
    const portsPerHost = fc.constantFrom(undefined, 64, 1_024, 65_536);
    fc.assert(
      fc.property(fc.constantFrom(...perHost), fc.record({ ...counts, portsPerHost }), (kind, use) => {
        const slots = (gateway: Gateway): number => gateway.addresses * gateway.slotsPerLane;
        try {
          expect(slots(kind.resolve(use))).toBeLessThanOrEqual(use.addresses * kind.portsPerAddress);
        } catch (error) {
          if (!(error instanceof FourtupleError)) throw error;
          expect(error.code).toBe('FT_ARGUMENT');
        }
      }),
    );
  });

  it.each([
    { id: 'google-cloud-nat', use: { hosts: 1_009 }, hint: '2 addresses' },
    { id: 'google-cloud-nat', use: { hosts: 100, portsPerHost: 4_096, addresses: 3 }, hint: '7 addresses' },
    { id: 'google-cloud-nat', use: { hosts: 1_000, portsPerHost: 32_768 }, hint: 'more than one gateway' },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 2_017 }, hint: '2 addresses' },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 1, portsPerHost: 32 }, hint: 'power of two' },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 1, portsPerHost: 96 }, hint: 'power of two' },
    { id: 'google-cloud-nat-dynamic', use: { hosts: 1, portsPerHost: 131_072 }, hint: 'power of two' },
    { id: 'azure-load-balancer', use: { hosts: 1_001 }, hint: 'ports per host' },
    { id: 'azure-load-balancer', use: { hosts: 2, portsPerHost: 1_001 }, hint: 'multiple of 8' },
    { id: 'azure-load-balancer', use: { hosts: 7, portsPerHost: 10_000 }, hint: '2 addresses' },
  ])('refuses shares that it cannot give: $id, $use', ({ id, use, hint }) => {
    const error = refusal(() => resolve(id, use));
    expect(error.code).toBe('FT_ARGUMENT');
    expect(error.hint).toContain(hint);
  });
});

describe.each(GATEWAYS.map((kind) => [kind.id, kind] as const))('%s', (_id, kind) => {
  it.each([
    { what: 'no host', use: { hosts: 0 } },
    { what: 'half a host', use: { hosts: 1.5 } },
    { what: 'no address', use: { hosts: 1, addresses: 0 } },
    { what: 'half an address', use: { hosts: 1, addresses: 1.5 } },
    { what: 'addresses without end', use: { hosts: 1, addresses: Number.POSITIVE_INFINITY } },
    { what: 'no port per host', use: { hosts: 1, portsPerHost: 0 } },
    { what: 'a TIME_WAIT below 0', use: { hosts: 1, timeWaitSeconds: -1 } },
    { what: 'a TIME_WAIT that is not a number', use: { hosts: 1, timeWaitSeconds: Number.NaN } },
  ])('refuses $what', ({ use }) => {
    const error = refusal(() => kind.resolve(use));
    expect(error.code).toBe('FT_ARGUMENT');
    expect(error.message).toContain(kind.title);
    expect(error.hint).toBeDefined();
  });

  it('has as many addresses as are documented, and not one more', () => {
    if (kind.mostAddresses === null) {
      expect(() => kind.resolve({ hosts: 1, addresses: 10_000 })).not.toThrow();
      return;
    }
    expect(() => kind.resolve({ hosts: 1, addresses: kind.mostAddresses ?? 0 })).not.toThrow();
    const error = refusal(() => kind.resolve({ hosts: 1, addresses: (kind.mostAddresses ?? 0) + 1 }));
    expect(error.code).toBe('FT_ARGUMENT');
    expect(error.hint).toContain(String(kind.mostAddresses));
  });

  it('keeps a slot as long as is said, also where that is not at all', () => {
    expect(kind.resolve({ hosts: 1, timeWaitSeconds: 30 }).timeWaitSeconds).toBe(30);
    expect(kind.resolve({ hosts: 1, timeWaitSeconds: 0 }).timeWaitSeconds).toBe(0);
  });
});
