import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { parseDestinationRules } from '../tcp/destination-rule.ts';
import { parseEndpoint, parseEndpoints } from '../tcp/endpoint.ts';
import type { Spread } from '../tcp/spread.ts';
import { checkSpread } from '../tcp/spread-check.ts';
import { parseSources } from '../tcp/spread-source.ts';
import type { Machine } from './machine.ts';
import { moreSourceAddresses } from './more-source-addresses.ts';
import type { LaneFacts, Remedy, Situation } from './remedy.ts';
import { spreadDestinations } from './spread-destinations.ts';
import { spreadSources } from './spread-sources.ts';

const situation = (lane: Partial<LaneFacts> = {}, machine: Partial<Machine> = {}): Situation =>
  situationLike({ lane: laneFactsLike(lane), machine: machineLike(machine) });
const textOf = (remedy: Remedy, lane: Partial<LaneFacts> = {}, machine: Partial<Machine> = {}): string | undefined =>
  remedy.byHand(situation(lane, machine))[0]?.text;

/** What a command says, as the shell passes it on, with what must be filled in filled in. */
function flagsOf(command: string, newAddress: string): Map<string, string> {
  const filledIn = command
    .replace('ANOTHER_NEW_ADDRESS', newAddress.replace(/77$/, '78'))
    .replaceAll('NEW_ADDRESS', newAddress)
    .replaceAll('NEW_PORT', '8099');
  const script = `pgrep() { echo 811; }; fourtuple() { printf '%s\\n' "$@"; }; ${filledIn}`;
  const words = spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.trimEnd().split('\n');
  return new Map(
    words.flatMap((word, index) => (word.startsWith('--') ? [[word.slice(2), words[index + 1] ?? '']] : [])),
  );
}

/** What a command spreads. */
function spreadOf(command: string, newAddress: string): Spread {
  const flags = flagsOf(command, newAddress);
  const value = (name: string): string => flags.get(name) ?? '';
  return command.includes('spread-sources')
    ? { kind: 'sources', sources: parseSources(value('sources')), to: parseDestinationRules([value('to')]) }
    : { kind: 'destinations', from: parseEndpoint(value('from')), over: parseEndpoints(value('over')) };
}

describe.each([spreadSources, spreadDestinations])('$id', (remedy) => {
  it('predicts what one more address predicts', () => {
    const { model } = laneFactsLike();
    expect(remedy.predict(model, machineLike())).toEqual(moreSourceAddresses.predict(model, machineLike()));
  });

  it('is useless where bind() chooses the port, or where the addresses are of one link', () => {
    for (const lane of [{ pool: 'source' }, { source: 'fe80::5%eth0', destination: 'fe80::9%eth0' }] as const) {
      expect(remedy.safety(situation(lane))).toMatchObject({
        safe: false,
        reason: expect.stringMatching(/^useless: /),
      });
      expect(remedy.byHand(situation(lane))).toEqual([]);
    }
    expect(remedy.safety(situation())).toMatchObject({ safe: true, reason: expect.stringContaining('10.0.1.9') });
  });

  it('needs a kernel that tells programs the network namespace, and the rights to load them and to change the network', () => {
    expect(remedy.missing(machineLike())).toEqual([]);
    expect(remedy.missing(machineLike({ kernel: { major: 5, minor: 13 } }))).toMatchObject([
      {
        kind: 'kernel',
        text: expect.stringMatching(
          /^choosing the (source|destination) at connect\(\).* needs Linux 5\.14, this is 5\.13$/,
        ),
      },
    ]);
    expect(remedy.missing(machineLike({ capabilities: new Set(['CAP_BPF', 'CAP_NET_ADMIN']) }))).toEqual([]);
    expect(remedy.missing(machineLike({ capabilities: new Set() }))).toMatchObject([
      { kind: 'privilege', text: expect.stringContaining('CAP_NET_ADMIN') },
      { kind: 'privilege', text: expect.stringContaining('CAP_BPF') },
    ]);
  });

  it('names the cgroup by the program, where its name is a word', () => {
    expect(textOf(remedy)).toContain(' --pid "$(pgrep -ox haproxy)" ');
    for (const name of ['it is', "it's", '$(exit)', '-f']) {
      expect(textOf(remedy, { program: { name, version: null } })).toContain(' --cgroup CGROUP ');
    }
    expect(textOf(remedy, { program: null })).toContain(' --cgroup CGROUP ');
  });

  it('reaches the namespace by its flag, and none that is not of the machine at hand', () => {
    expect(textOf(remedy, {}, { fixFlags: '--netns web' })).toMatch(
      new RegExp(`^fourtuple fix ${remedy.id} --netns web --`),
    );
    expect(textOf(remedy, {}, { fixFlags: null })).toBeUndefined();
  });

  it.each([
    [{ source: '10.0.0.5', destination: '10.0.1.9' }, '10.0.0.77'],
    [{ source: '10.0.0.5', destination: '10.0.0.5' }, '10.0.0.77'],
    [{ source: '2001:db8::5', destination: '2001:db8:1::9' }, '2001:db8::77'],
    [{ source: '::1', destination: '::1' }, 'fd00::77'],
    [{ source: '127.0.0.1', destination: '127.0.0.1' }, ''],
    [{ source: '127.0.0.1', destination: '10.0.0.5' }, ''],
  ])('says of %o what can be done', (lane, newAddress) => {
    const spread = spreadOf(textOf(remedy, lane) ?? '', newAddress);
    expect(() => checkSpread(spread)).not.toThrow();
  });
});

describe('spread-sources', () => {
  it('is one command with the lane’s own addresses', () => {
    expect(textOf(spreadSources)).toBe(
      'fourtuple fix spread-sources --sources 10.0.0.5,NEW_ADDRESS --to 10.0.1.9:8080 --pid "$(pgrep -ox haproxy)" --add-to DEVICE --apply',
    );
    expect(textOf(spreadSources, { source: '2001:db8::5', destination: '2001:db8::9' })).toContain(
      "--sources 2001:db8::5,NEW_ADDRESS --to '[2001:db8::9]:8080' ",
    );
  });

  it('takes addresses of loopback as they are, but never the destination', () => {
    expect(textOf(spreadSources, { source: '127.0.0.1', destination: '127.0.0.1' })).toBe(
      'fourtuple fix spread-sources --sources 127.0.0.2-127.0.0.9 --to 127.0.0.1:8080 --pid "$(pgrep -ox haproxy)" --apply',
    );
    const host = fc.integer({ min: 1, max: 254 });
    fc.assert(
      fc.property(host, host, (from, to) => {
        const [source, destination] = [`127.0.0.${from}`, `127.0.0.${to}`];
        const sources = /--sources (\S+)/.exec(textOf(spreadSources, { source, destination }) ?? '')?.[1] ?? '';
        const addresses = parseSources(sources).map(({ address }) => address);
        expect(addresses).toHaveLength(8);
        expect(addresses).not.toContain(destination);
      }),
    );
  });
});

describe('spread-destinations', () => {
  it('is one command with the lane’s own destination', () => {
    expect(textOf(spreadDestinations)).toBe(
      'fourtuple fix spread-destinations --from 10.0.1.9:8080 --over 10.0.1.9:8080,10.0.1.9:NEW_PORT --pid "$(pgrep -ox haproxy)" --apply',
    );
    expect(textOf(spreadDestinations, { destination: '2001:db8::9' })).toContain(
      "--from '[2001:db8::9]:8080' --over '[2001:db8::9]:8080,[2001:db8::9]:NEW_PORT' ",
    );
  });
});
