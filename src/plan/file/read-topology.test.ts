import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatPortList } from '../../tcp/port-list.ts';
import { LINUX_DEFAULT_RANGE } from '../../tcp/port-range.ts';
import { findGateway } from '../gateways/gateways.ts';
import { DEFAULT_TRAFFIC, type HostSettings, type Tier } from '../topology.ts';
import { readTopology } from './read-topology.ts';

const FIXTURES = new URL('../../../test/fixtures/topologies/', import.meta.url);

function readFixture(name: string): readonly Tier[] {
  return readTopology(readFileSync(new URL(name, FIXTURES), 'utf8'), name).tiers;
}

/** A pair of tiers; `proxy` has more keys, and so has what passes from it to the backend. */
function pair(proxy: string, traffic = ''): Tier {
  const entry = traffic === '' ? '' : `traffic: [{ from: proxy, to: backend, ${traffic} }]\n`;
  const { tiers } = readTopology(`tiers: [{ name: proxy, ${proxy} }, { name: backend }]\n${entry}`, 'pair.yaml');
  expect(tiers).toHaveLength(1);
  return tiers[0] as Tier;
}

function settingsOf(proxy: string): HostSettings {
  return pair(proxy).settings;
}

describe('a topology file', () => {
  it('may be one line of two tiers', () => {
    const [tier, ...more] = readFixture('smallest.yaml');
    expect(more).toEqual([]);
    expect(tier).toMatchObject({
      name: 'proxy → backend',
      from: { name: 'proxy', hosts: 1, addresses: 1 },
      to: { name: 'backend', hosts: 2, addresses: 1, ports: 1 },
      via: null,
      traffic: null,
    });
  });

  it("has Linux's own settings where it gives none", () => {
    const { reserved, ...settings } = pair('replicas: 1').settings;
    expect([...reserved]).toEqual([]);
    expect(settings).toEqual({
      range: LINUX_DEFAULT_RANGE,
      listening: [],
      boundBeforeConnect: false,
      timeWaitSeconds: 60,
      reuseDelaySeconds: null,
    });
  });

  it('connects each tier to the next where it has no traffic', () => {
    const tiers = readFixture('clients-proxy-backends.yaml');
    expect(tiers.map(({ name, from, to, traffic }) => [name, from.hosts, to.hosts, traffic])).toEqual([
      ['client → proxy', 4, 1, null],
      ['proxy → backend', 1, 2, null],
    ]);
  });

  it('connects a tier that traffic goes to with no other', () => {
    const tiers = readFixture('fan-out.yaml');
    expect(tiers.map(({ name, to, traffic }) => [name, to.ports, traffic?.requestsPerSecond])).toEqual([
      ['client → proxy', 1, undefined],
      ['proxy → web', 1, 2_000],
      ['proxy → cache', 4, 9_000],
    ]);
  });

  it('connects no tier to the next where the next one connects to it', () => {
    const text = 'tiers: [{ name: a }, { name: b }]\ntraffic: [{ from: b, to: a }]';
    expect(readTopology(text, 'x').tiers.map(({ name }) => name)).toEqual(['b → a']);
  });

  it('may have every key', () => {
    const [first, second, ...more] = readFixture('every-key.yaml');
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      name: 'client → proxy',
      from: { hosts: 4, addresses: 1 },
      to: { hosts: 1, addresses: 1, ports: 1 },
      via: null,
      traffic: {
        requestsPerSecond: 500,
        pattern: { kind: 'day', shares: [0.2, 0.1, 1, 0.6] },
        requestsPerConnection: 10,
        holdSeconds: 2,
        hold: { kind: 'log-normal', deviation: 0.8 },
        closes: 'to',
        roundTripSeconds: 0.001,
        keptPerLane: 0,
        laneChoice: { kind: 'hash', keys: 200 },
        retries: 2,
      },
    });
    expect(second).toMatchObject({
      name: 'proxy → backend',
      from: { hosts: 1, addresses: 2 },
      to: { hosts: 2, addresses: 1, ports: 3 },
      via: findGateway('aws-nat-gateway').resolve({ hosts: 1, addresses: 2, timeWaitSeconds: 90 }),
      settings: {
        range: { low: 32_768, high: 60_999 },
        listening: [8_080, 50_000],
        boundBeforeConnect: false,
        timeWaitSeconds: 60,
        reuseDelaySeconds: 1,
      },
      traffic: {
        ...DEFAULT_TRAFFIC,
        requestsPerSecond: 1_500,
        pattern: { kind: 'bursts', size: 50 },
        requestsPerConnection: 1_000,
        holdSeconds: 0.05,
        keptPerLane: 16,
        laneChoice: { kind: 'least-used' },
      },
    });
    expect(formatPortList(second?.settings.reserved ?? [])).toBe('40000,41000-41003');
  });

  it('may use again what it has written once', () => {
    const [first, second] = readFixture('same-settings.yaml');
    expect(second?.settings).toEqual(first?.settings);
    expect(second?.settings.range).toEqual({ low: 1_024, high: 65_535 });
    expect(formatPortList(second?.settings.reserved ?? [])).toBe('8080,9000-9003');
    expect(second?.traffic?.holdSeconds).toBe(0.02);
  });

  it('reads the same with a byte order mark, with CRLF, in JSON, and with quotes', () => {
    const text = 'tiers:\n  - name: a\n    replicas: 2\n  - name: b\n';
    const plain = readTopology(text, 'x');
    const others = [`\uFEFF${text}`, text.replaceAll('\n', '\r\n'), text.replace('2', "'2'"), `---\n${text}...\n`];
    others.push('{"tiers":[{"name":"a","replicas":2},{"name":"b"}]}');
    for (const other of others) expect(readTopology(other, 'x')).toEqual(plain);
  });
});

describe('a tier', () => {
  it('lists ports in one text or in many', () => {
    for (const ports of ['"8080,9000-9002"', '[8080, 9000-9002]', '[9001, "9000,9002", 8080, 8080]']) {
      expect(settingsOf(`listening: ${ports}`).listening).toEqual([8_080, 9_000, 9_001, 9_002]);
      expect([...settingsOf(`reserved: ${ports}`).reserved]).toEqual([8_080, 9_000, 9_001, 9_002]);
    }
    expect(settingsOf('listening: 80').listening).toEqual([80]);
    expect(settingsOf('listening: []').listening).toEqual([]);
    expect(settingsOf('reserved: ""').reserved.size).toBe(0);
  });

  it('takes counts and times with units', () => {
    expect(pair('replicas: 10k').from.hosts).toBe(10_000);
    expect(settingsOf('timeWait: 2m').timeWaitSeconds).toBe(120);
    expect(settingsOf('reuse: 500ms').reuseDelaySeconds).toBe(0.5);
    expect(settingsOf('reuse: false').reuseDelaySeconds).toBeNull();
    expect(settingsOf('boundBeforeConnect: true').boundBeforeConnect).toBe(true);
    expect(settingsOf('range: 1024 65535').range).toEqual({ low: 1_024, high: 65_535 });
  });

  it('connects from as many addresses as it is reached at, unless it says otherwise', () => {
    const text = (more: string): string => `tiers: [{ name: a }, { name: b, addresses: 3${more} }, { name: c }]`;
    const addresses = (more: string): unknown =>
      readTopology(text(more), 'x').tiers.map(({ from, to }) => [from.addresses, to.addresses]);
    expect(addresses('')).toEqual([[1, 3], [3, 1]]); // biome-ignore format: a line each says no more
    expect(addresses(', sourceAddresses: 2')).toEqual([[1, 3], [2, 1]]); // biome-ignore format: a line each says no more
  });
});

describe('an entry of traffic', () => {
  it('asks for slots only where it says nothing of rates', () => {
    expect(pair('replicas: 1', 'via: azure-nat-gateway')).toMatchObject({
      traffic: null,
      via: { id: 'azure-nat-gateway' },
    });
  });

  it('has connections of one request, closed by the client at once, where it says no more', () => {
    expect(pair('replicas: 1', 'rate: 30k/m').traffic).toEqual({
      requestsPerSecond: 500,
      pattern: { kind: 'poisson' },
      requestsPerConnection: 1,
      holdSeconds: 0,
      hold: { kind: 'exponential' },
      closes: 'from',
      roundTripSeconds: 0,
      keptPerLane: 0,
      laneChoice: { kind: 'random' },
      retries: 0,
    });
  });

  it('takes each distribution', () => {
    expect(pair('replicas: 1', 'distribution: constant').traffic?.hold).toEqual({ kind: 'constant' });
    expect(pair('replicas: 1', 'distribution: exponential').traffic?.hold).toEqual({ kind: 'exponential' });
    const logNormal = { kind: 'log-normal', deviation: 1.25 };
    expect(pair('replicas: 1', 'distribution: { log-normal: 1.25 }').traffic?.hold).toEqual(logNormal);
  });

  it('takes each pattern', () => {
    const patternOf = (text: string): unknown => pair('replicas: 1', `pattern: ${text}`).traffic?.pattern;
    expect(patternOf('constant')).toEqual({ kind: 'constant' });
    expect(patternOf('poisson')).toEqual({ kind: 'poisson' });
    expect(patternOf('{ bursts: 1k }')).toEqual({ kind: 'bursts', size: 1_000 });
    expect(patternOf('{ day: [0, "1.25"] }')).toEqual({ kind: 'day', shares: [0, 1.25] });
    const minutes = Array.from({ length: 1_440 }, (_, minute) => minute / 1_000);
    expect(patternOf(`{ day: [${minutes}] }`)).toEqual({ kind: 'day', shares: minutes });
  });

  it('takes each choice of lanes', () => {
    const choiceOf = (text: string): unknown => pair('replicas: 1', `lanes: ${text}`).traffic?.laneChoice;
    for (const kind of ['random', 'round-robin', 'least-used']) expect(choiceOf(kind)).toEqual({ kind });
    expect(choiceOf('{ hash: 10k }')).toEqual({ kind: 'hash', keys: 10_000 });
  });

  it('keeps connections of each source address, which carry requests without end unless it says how many', () => {
    const kept = (traffic: string): unknown => {
      const { keptPerLane, requestsPerConnection } = pair('sourceAddresses: 4', traffic).traffic ?? {};
      return [keptPerLane, requestsPerConnection];
    };
    expect(kept('keep: 32')).toEqual([8, Number.POSITIVE_INFINITY]);
    expect(kept('keep: 30, requestsPerConnection: 100')).toEqual([7.5, 100]);
    expect(kept('keep: 0')).toEqual([0, 1]);
  });

  it('keeps fewer connections to a destination than there are slots', () => {
    expect(pair('sourceAddresses: 3', 'keep: 84695').traffic?.keptPerLane).toBe(84_695 / 3);
    expect(() => pair('sourceAddresses: 3', 'keep: 84696')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('less than 84,696 (the slots of a host') }),
    );
    // All destinations share the slots of a source address, or of a gateway.
    const text = (proxy: string, more: string): string =>
      `tiers: [{ name: proxy${proxy} }, { name: backend, ports: 2 }]\ntraffic: [{ from: proxy, to: backend, keep: 20k${more} }]`;
    expect(readTopology(text('', ''), 'x').tiers[0]?.traffic?.keptPerLane).toBe(20_000);
    for (const shared of [text(', boundBeforeConnect: true', ''), text(', replicas: 3', ', via: aws-nat-gateway')]) {
      expect(() => readTopology(shared, 'x')).toThrow(expect.objectContaining({ code: 'FT_TOPOLOGY' }));
    }
  });

  it('may have a mean of requests that is not whole', () => {
    expect(pair('replicas: 1', 'requestsPerConnection: 2.5').traffic?.requestsPerConnection).toBe(2.5);
    expect(pair('replicas: 1', 'requestsPerConnection: 10k').traffic?.requestsPerConnection).toBe(10_000);
  });

  it('asks the gateway for the hosts that connect through it', () => {
    const gateway = '{ gateway: google-cloud-nat, addresses: 2, portsPerHost: 1024 }';
    const expected = findGateway('google-cloud-nat').resolve({ hosts: 7, addresses: 2, portsPerHost: 1_024 });
    expect(pair('replicas: 7', `via: ${gateway}`).via).toEqual(expected);
  });
});
