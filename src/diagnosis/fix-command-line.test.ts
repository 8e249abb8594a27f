import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyPort } from '../../test/kit/arbitraries.ts';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { closeFromOtherEnd } from '../remedies/close-from-other-end.ts';
import type { Machine } from '../remedies/machine.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import type { LaneFacts, Remedy } from '../remedies/remedy.ts';
import { tcpTwReuse } from '../remedies/tcp-tw-reuse.ts';
import { widerRange } from '../remedies/wider-range.ts';
import { formatAddress } from '../tcp/address.ts';
import { matchesLane, parseLanePattern } from '../tcp/lane-pattern.ts';
import { fixCommandLine } from './fix-command-line.ts';

const lineFor = (remedy: Remedy, machine: Partial<Machine> = {}, lane: Partial<LaneFacts> = {}): string | null =>
  fixCommandLine(remedy, situationLike({ machine: machineLike(machine), lane: laneFactsLike(lane) }));

describe('the command line of fix', () => {
  it('names the remedy, and the namespace where it is another one', () => {
    expect(lineFor(tcpTwReuse)).toBe('fourtuple fix tcp-tw-reuse --apply');
    expect(lineFor(widerRange, { fixFlags: '--netns web' })).toBe('fourtuple fix wider-range --netns web --apply');
  });

  it('names the lane to be recycled, and goes on until it is told to stop', () => {
    expect(lineFor(recycleTimeWait)).toBe(
      "fourtuple fix recycle-time-wait --lane '10.0.0.5>10.0.1.9:8080' --for ever --apply",
    );
    expect(lineFor(recycleTimeWait, { fixFlags: '--netns 811' })).toBe(
      "fourtuple fix recycle-time-wait --netns 811 --lane '10.0.0.5>10.0.1.9:8080' --for ever --apply",
    );
  });

  it('is none where the program changes nothing', () => {
    expect(lineFor(closeFromOtherEnd)).toBeNull();
    expect(lineFor(tcpTwReuse, { tcpTwReuse: 1 })).toBeNull();
  });

  it('is none for a namespace that is not of the machine at hand', () => {
    for (const remedy of [tcpTwReuse, recycleTimeWait]) expect(lineFor(remedy, { fixFlags: null })).toBeNull();
  });

  it('means the lane that it is for, whatever its addresses', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, anyPort, (from, to, port) => {
        const [source, destination] = [formatAddress(from), formatAddress(to)];
        const lane = /'(.*)'/.exec(lineFor(recycleTimeWait, {}, { source, destination, port }) ?? '')?.[1] ?? '';
        expect(matchesLane(parseLanePattern(lane), from, to, port)).toBe(true);
      }),
    );
  });

  it.each(['eth0', "it's", '$(exit)', '`exit`', 'a"b', 'a>b'])('is safe to be typed with a link named %s', (link) => {
    const line = lineFor(recycleTimeWait, {}, { source: `fe80::5%${link}`, destination: `fe80::9%${link}`, port: 80 });
    const { stdout } = spawnSync('sh', ['-c', `fourtuple() { printf '%s\\n' "$@"; }; ${line}`], { encoding: 'utf8' });
    const lane = `fe80::5%${link}>[fe80::9%${link}]:80`;
    expect(stdout.split('\n')).toEqual(['fix', 'recycle-time-wait', '--lane', lane, '--for', 'ever', '--apply', '']);
  });
});
