import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillWithTimeWait } from '../kit/fill.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, reportBy, run } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

/** A lane without a free slot, all of them in TIME_WAIT. */
function exhaust(): void {
  setPortRange(40_000, 40_199);
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  fillWithTimeWait(serve('127.0.0.1', 9000));
}

describe('fourtuple doctor', () => {
  usesPrivateNamespace();
  needsProgram();

  it('tells what is wrong, why, and what helps, and nothing to standard error', async () => {
    exhaust();
    const { code, out, error } = await fourtuple(['doctor']);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/CRITICAL .*127\.0\.0\.1>127\.0\.0\.1:9000 is exhausted: all 200 slots are in TIME_WAIT/);
    expect(out).toMatch(/What helps, the best first:\n +1\. Widen the ephemeral range .*, 323 times as many\n/);
    expect(out).toContain('sysctl -w net.ipv4.tcp_tw_reuse=1');
    expect(out).toContain('What does not help: lower tcp_fin_timeout');
  });

  it('says on an idle machine that nothing is wrong, and what a lane could hold', async () => {
    const { code, out } = await fourtuple(['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(/OK Nothing is wrong: no connection holds an ephemeral port, and each lane would have 28,232/);
  });

  it('has the same findings read back from its own report', async () => {
    exhaust();
    const report = await reportBy(['doctor']);
    expect(report.findings.map(({ code }) => code)).toContain('lane-exhausted');
    const file = join(temporaryFolder(), 'report.json');
    writeFileSync(file, JSON.stringify(report));
    expect(await reportBy(['doctor', '--from', file])).toEqual(report);
    expect((await fourtuple(['doctor', '--from', file])).out).toContain('is exhausted');
  });

  it('reads the capture of a machine without it', async () => {
    exhaust();
    const { out: capture } = await run('ss', ['-tanoe']);
    const { code, out } = await fourtuple(['doctor', '--from', '-', '--range', '40000-40199'], { input: capture });
    expect(code).toBe(0);
    // Whether tcp_tw_reuse applies is not in a capture.
    expect(out).toMatch(/127\.0\.0\.1>127\.0\.0\.1:9000 has all 200 slots taken [\s\S]* if none\s+can be taken over/);
  });

  it('names the leak of a process, with the command that lists it', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(5, to);
    closeWait(150, to);
    const { out } = await fourtuple(['doctor', '--owners', '30s']);
    expect(out).toMatch(new RegExp(`WARNING .*:9000 \\(\\S+ ${process.pid}\\) has 150 connections in CLOSE_WAIT`));
    expect(out).toContain('ss -tnp state close-wait src 127.0.0.1 dst 127.0.0.1:9000');
  });

  it.each([
    [['--trace', '1s', '--from', '-'], /--trace/],
    [['--watch-closes', '1s', '--from', '-'], /--watch-closes/],
    [['--trace', '1ms'], /100ms/],
    [['--all', '--netns', '1'], /exclude each other/],
  ])('refuses %j', async (args, message) => {
    const { code, error } = await fourtuple(['doctor', ...args]);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });
});
