import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RecycleReport } from '../../src/cli/fix-recycle-report.ts';
import { timeWait } from '../kit/closings.ts';
import { hold, type Server, serve } from '../kit/connections.ts';
import { addAddress } from '../kit/links.ts';
import { drive } from '../kit/load.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, type RunOptions, run } from '../kit/program.ts';
import { countedStates } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const SLOTS = 200;
const LIVE = 8;
const OLD = 150;
const LANE = '*>127.0.0.1:9000';

const recycle = (args: readonly string[], options?: RunOptions): Promise<Run> =>
  fourtuple(['fix', 'recycle-time-wait', ...args], options);
const states = (): Record<string, number> => countedStates('127.0.0.1', '127.0.0.1', 9000, (port) => port !== 9000);

async function reportOf(args: readonly string[]): Promise<RecycleReport> {
  const { code, out, error } = await recycle([...args, '--json']);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return JSON.parse(out) as RecycleReport;
}

/** A lane with live connections, and with TIME_WAIT slots that are old enough to be released. */
async function fillLane(to: Server): Promise<void> {
  hold(LIVE, to);
  timeWait(OLD, to);
  while ((await reportOf(['--lane', LANE])).lanes[0]?.old !== OLD) await sleep(50);
}

describe('fix recycle-time-wait', () => {
  usesPrivateNamespace();
  needsProgram();

  let to: Server;
  beforeEach(() => {
    setPortRange(40_000, 40_000 + SLOTS - 1);
    // Of loopback, connect() would take over old slots by itself.
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    to = serve('127.0.0.1', 9000);
  });

  it('without --apply says what it would do, and does nothing', async () => {
    await fillLane(to);
    const { code, out, error } = await recycle(['--lane', LANE, '--threshold', '50']);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('127.0.0.1>127.0.0.1:9000: 108 TIME_WAIT slots older than 1 s would be released');
    expect(out).toContain(
      "Nothing was released. To do it:\n  fourtuple fix recycle-time-wait --lane '*>127.0.0.1:9000' --threshold 50 --apply\n",
    );
    expect(out).toContain(
      "\n  ss -HKtn state time-wait 'src 127.0.0.1 and dst 127.0.0.1 and dport = :9000' > /dev/null\n",
    );
    expect(await reportOf(['--lane', LANE, '--threshold', '50'])).toMatchObject({
      ...{ schema: 1, action: 'recycle-preview', remedy: 'recycle-time-wait', held: false, released: 0, missing: [] },
      lanes: [{ source: '127.0.0.1', port: 9000, used: 158, old: 150, released: 0, wouldRelease: 108, safe: true }],
    });
    expect(states()).toEqual({ ESTABLISHED: LIVE, TIME_WAIT: OLD });
  });

  it('with --apply does it once: down to the threshold, and no live one', async () => {
    await fillLane(to);
    const { code, out, error } = await recycle(['--lane', LANE, '--threshold', '50', '--apply']);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('127.0.0.1>127.0.0.1:9000: 108 TIME_WAIT slots older than 1 s released');
    expect(out).toMatch(/free +42 before, 150 predicted, 150 observed/);
    expect(out).toMatch(/^Released 108 slots in .* per second/m);
    expect(states()).toEqual({ ESTABLISHED: LIVE, TIME_WAIT: OLD - 108 });
    const rest = await reportOf(['--lane', LANE, '--threshold', '0', '--apply']);
    expect(rest).toMatchObject({ action: 'recycled', released: 42, gone: 0, command: null, byHand: null });
    expect(rest.lanes).toMatchObject([{ usedBefore: 50, used: LIVE, released: 42, wouldRelease: null, opens: null }]);
    expect(states()).toEqual({ ESTABLISHED: LIVE });
  });

  it('has nothing to do below the threshold, or where none is old enough', async () => {
    hold(LIVE, to);
    const below = await recycle(['--lane', LANE, '--apply']);
    expect(below).toMatchObject({ code: 0, error: '' });
    expect(below.out.replaceAll(/\s+/g, ' ')).toMatch(
      /nothing to release: it uses 8 of 200 slots, the threshold is \d+ \(--threshold 0 releases every old one\)/,
    );
    const live = await recycle(['--lane', LANE, '--threshold', '0', '--apply']);
    expect(live.out.replaceAll(/\s+/g, ' ')).toContain('none is in TIME_WAIT, and live ones are never touched');
    expect(live.out).toContain('Nothing was released in ');
    expect(states()).toEqual({ ESTABLISHED: LIVE });
  });

  it('says when the first slot is old enough', async () => {
    hold(LIVE, to);
    // Without a measured round trip it waits longest.
    const far = serve('127.0.0.2', 9001);
    timeWait(10, far);
    const { code, out } = await recycle(['--lane', '*:9001', '--threshold', '0', '--apply']);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /nothing to release yet: of the 10 slots that it uses none is in TIME_WAIT for 3\.5 s, the first will be in \d/,
    );
  });

  it('with --for holds the lane below its threshold while a client opens more than it has slots', async () => {
    // Live connections, to measure the network by.
    hold(LIVE, to);
    const running = recycle(['--lane', LANE, '--for', '6s', '--threshold', '75%', '--apply']);
    const { openedAt, refusedAt } = await drive(
      { ways: [{ to }], holdSeconds: 0, closes: 'client', opensPerSecond: 60 },
      (_, seconds) => seconds < 5,
    );
    expect(openedAt.length).toBeGreaterThan(SLOTS);
    expect(refusedAt).toEqual([]);
    const { code, out, error } = await running;
    expect(code).toBe(0);
    expect(error).toMatch(
      /^holding 127\.0\.0\.1>127\.0\.0\.1:9000 below 150 used slots, old TIME_WAIT only; for 6 s, Ctrl-C ends it sooner\n$/,
    );
    const [, most] = /(\d+) at most, \d+ now, of 200 slots; the threshold is 150/.exec(out) ?? [];
    expect(Number(most)).toBeLessThanOrEqual(160);
    expect(out).toMatch(/opens\/s +\d+ on average, \d+ at most; \d+ predicted to be sustained/);
    expect(out).toMatch(/^Released \d+ slots in 6\.\d s/m);
    expect(states().ESTABLISHED).toBe(LIVE);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s with its summary, and well', async (signal) => {
    await fillLane(to);
    const args = [
      'fix',
      'recycle-time-wait',
      '--lane',
      LANE,
      '--for',
      'ever',
      '--threshold',
      '50',
      '--apply',
      '--json',
    ];
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe' });
    const ended = once(child, 'close');
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    await once(child.stderr, 'data');
    while (states().TIME_WAIT !== 42) await sleep(20);
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(JSON.parse(out)).toMatchObject({ action: 'recycled', held: true, released: 108, lanes: [{ used: 50 }] });
  });

  it('leaves a lane alone whose network is not clean, unless that is forced', async () => {
    addAddress('lo', '10.9.0.5/32');
    addAddress('lo', '203.0.113.9/32');
    const far = serve('203.0.113.9', 9000);
    const from = { from: '10.9.0.5' };
    hold(LIVE, far, from);
    timeWait(20, far, from);
    const args = ['--lane', '*>203.0.113.0/24:9000', '--threshold', '10'];
    while ((await reportOf(args)).lanes[0]?.old !== 20) await sleep(50);
    const shown = await recycle(args);
    expect(shown.out).toContain('10.9.0.5>203.0.113.9:9000: would be left alone without --force');
    expect(shown.out).toContain('NOT CLEAN: public network');
    expect(shown.out).toContain('on your own word:\n  fourtuple fix recycle-time-wait --lane');
    const refused = await recycle([...args, '--apply']);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.error).toMatch(/^fourtuple: 10\.9\.0\.5>203\.0\.113\.9:9000 may not be recycled: public network/);
    expect(refused.error).toContain('--force');
    const count = (): number | undefined => countedStates('10.9.0.5', '203.0.113.9', 9000).TIME_WAIT;
    expect(count()).toBe(20);
    expect(await recycle([...args, '--apply', '--force'])).toMatchObject({ code: 0, error: '' });
    expect(count()).toBe(2);
  });

  it('reaches another namespace', async () => {
    const other = createNamespace();
    inside(other, () => {
      const there = serve('127.0.0.1', 9000);
      hold(LIVE, there);
      timeWait(OLD, there);
    });
    const args = ['--netns', other.path, '--lane', LANE, '--threshold', '0'];
    while ((await reportOf(args)).lanes[0]?.old !== OLD) await sleep(50);
    const { out } = await recycle(args);
    expect(out).toContain(`  fourtuple fix recycle-time-wait --netns ${other.path} --lane '*>127.0.0.1:9000'`);
    expect((await reportOf([...args, '--apply'])).released).toBe(OLD);
    expect(inside(other, states)).toEqual({ ESTABLISHED: LIVE });
  });

  it.each<[readonly string[], number, string]>([
    [[], 2, "which lanes? --lane '*>10.0.1.9:8080'"],
    [['--apply'], 2, "which lanes? --lane '*>10.0.1.9:8080'"],
    [['--lane', '*>127.0.0.1:http'], 2, "'http' is not a port"],
    [['--lane', '*>127.0.0.1:9001'], 2, 'no lane matches *>127.0.0.1:9001'],
    [['--lane', '*>127.0.0.1:9001', '--apply'], 2, 'no lane matches *>127.0.0.1:9001'],
    [['--lane', LANE, '--threshold', 'half'], 2, "'half' is not a threshold"],
    [['--lane', LANE, '--for', '0'], 2, "'0' is no time to go on for"],
    [['--lane', LANE, '--apply', '--persist'], 2, 'leave out --persist'],
    [['--lane', LANE, '--netns', '/no/such/file'], 1, "there is no file '/no/such/file'"],
  ])('refuses %j with %i', async (args, code, words) => {
    hold(1, to);
    const failed = await recycle(args);
    expect({ code: failed.code, out: failed.out }).toEqual({ code, out: '' });
    expect(failed.error).toContain(words);
    expect(failed.error).not.toContain('    at ');
  });

  it('without privileges names the capability and what root would type, and shows the rest', async ({ skip }) => {
    const nobody = { unprivileged: true };
    const { code: reads } = await fourtuple(['--version'], nobody);
    if (reads !== 0) skip('needs a place that every user may read');
    await fillLane(to);
    const args = ['--lane', LANE, '--threshold', '50'];
    const command = "  ss -HKtn state time-wait 'src 127.0.0.1 and dst 127.0.0.1 and dport = :9000' > /dev/null\n";
    for (const more of [['--apply'], ['--apply', '--for', 'ever']]) {
      const { code, out, error } = await recycle([...args, ...more], nobody);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^fourtuple: destroying sockets needs root \(CAP_NET_ADMIN\)/);
      expect(error).toContain(`Nothing was released.\nBy hand, as root:\n${command}`);
    }
    const shown = await recycle(args, nobody);
    expect(shown).toMatchObject({ code: 0, error: '' });
    expect(shown.out).toContain('108 TIME_WAIT slots older than 1 s would be released');
    expect(shown.out.replaceAll(/\s+/g, ' ')).toContain('Needed for it: destroying sockets needs root (CAP_NET_ADMIN)');
    expect(states()).toEqual({ ESTABLISHED: LIVE, TIME_WAIT: OLD });
  });

  describe('on a terminal', () => {
    needsPrograms('script');

    it('rewrites one line, and leaves the summary', async () => {
      await fillLane(to);
      const command = `'${process.execPath}' '${PROGRAM}' fix recycle-time-wait --lane '${LANE}' --for 1200ms --threshold 50 --apply`;
      const { code, out } = await run('script', ['-qec', command, '/dev/null'], { env: { TERM: 'xterm' } });
      expect(code).toBe(0);
      const [start = '', ...rest] = out.split('\r\u001b[K');
      expect(start).toMatch(/^holding 127\.0\.0\.1>127\.0\.0\.1:9000 below 50 used slots/);
      expect(rest.length).toBeGreaterThan(1);
      expect(rest[0]).toMatch(/^127\.0\.0\.1>127\.0\.0\.1:9000 50 of 200 used, threshold 50; .*released 108/);
      expect(rest.at(-1)).toContain('108 TIME_WAIT slots older than 1 s released');
    });
  });
});
