import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { needsPrograms } from '../kit/needs.ts';
import { currentNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, reportBy, run } from '../kit/program.ts';
import { settled } from '../kit/socket-statistics.ts';
import { reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';

const ESCAPE = '\u001b';

/** Two lanes, one of them almost full. */
async function populate(): Promise<void> {
  setPortRange(40_000, 40_099);
  reservePorts('40001');
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  const to = serve('127.0.0.1', 9000);
  hold(60, to);
  timeWait(35, to);
  hold(7, serve('::1', 9001));
  await settled();
}

/** Without the first line, which tells the time. */
function body({ out }: Run): string {
  return out.slice(out.indexOf('\n'));
}

describe('fourtuple', () => {
  usesPrivateNamespace();
  needsProgram();

  it('prints with --json a report that can be read back, and nothing else', async () => {
    await populate();
    const before = Date.now();
    const report = await reportBy(['status', '--owners', '30s']);
    expect(report).toMatchObject({ schema: 1, host: { name: expect.any(String) } });
    expect(report.findings).toMatchObject([
      { code: 'lane-exhausting', severity: 'critical', lane: { destination: '127.0.0.1', port: 9000 } },
    ]);
    expect(Date.parse(report.takenAt ?? '')).toBeGreaterThanOrEqual(before - 1);
    expect(report.namespaces).toMatchObject([
      {
        inode: currentNamespace().inode,
        source: 'sock_diag',
        ports: { low: 40_000, high: 40_099, size: 100, reserved: 1, blocked: 0, usable: 99, blockers: [] },
        settings: { tcpTwReuse: 0 },
        lanes: [
          { source: '127.0.0.1', destination: '127.0.0.1', port: 9000, slots: 99, used: 95, live: 60, free: 4 },
          { source: '::1', destination: '::1', port: 9001, slots: 99, used: 7, live: 7, free: 92 },
        ],
        lanesOmitted: 0,
        totals: { lanes: 2, used: 102, live: 67, timeWait: 35 },
        notes: [],
      },
    ]);
    const owners = report.namespaces[0]?.lanes.map(({ processes }) => processes);
    expect(owners).toMatchObject([[{ pid: process.pid, sockets: 60 }], [{ pid: process.pid, sockets: 7 }]]);
  });

  it('prints a text with the same numbers, the fullest lane first, and nothing to standard error', async () => {
    await populate();
    const { code, out, error } = await fourtuple(['status'], { env: { COLUMNS: '120' } });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('ports 40000-40099, 99 of 100 usable (1 reserved)');
    expect(out).toMatch(/CRITICAL 127\.0\.0\.1>127\.0\.0\.1:9000 .* runs out of slots in/);
    expect(out).toMatch(/127\.0\.0\.1>127\.0\.0\.1:9000 .* 95 +99 +4 .*\n.*::1>\[::1\]:9001 .* 7 +99 +92 /);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('is fourtuple status where no command is named', async () => {
    // Nothing in TIME_WAIT, which would grow older.
    setPortRange(40_000, 40_099);
    hold(60, serve('127.0.0.1', 9000));
    hold(7, serve('::1', 9001));
    expect(body(await fourtuple([]))).toBe(body(await fourtuple(['status'])));
    expect(body(await fourtuple(['--top', '1']))).toBe(body(await fourtuple(['status', '--top', '1'])));
    expect((await reportBy([])).namespaces).toEqual((await reportBy(['status'])).namespaces);
  });

  it('lists as many lanes as are wanted, and those that match', async () => {
    await populate();
    const [top] = (await reportBy(['--top', '1'])).namespaces;
    expect(top).toMatchObject({ lanes: [{ port: 9000 }], lanesOmitted: 1, totals: { lanes: 2 } });
    const [matching] = (await reportBy(['--lane', '*>[::1]:*'])).namespaces;
    expect(matching).toMatchObject({ lanes: [{ port: 9001 }], lanesOmitted: 0, totals: { lanes: 2 } });
    const [none] = (await reportBy(['--top', '0'])).namespaces;
    expect(none).toMatchObject({ lanes: [], lanesOmitted: 2 });
  });

  it('searches for no owners with --owners 0, and says so', async () => {
    await populate();
    const [namespace] = (await reportBy(['--owners', '0'])).namespaces;
    expect(namespace?.lanes.flatMap(({ processes }) => processes)).toEqual([]);
    expect(namespace?.notes).toEqual([expect.stringContaining('--owners 0')]);
  });

  it('uses colour only where it is asked for, and never against NO_COLOR', async () => {
    await populate();
    const colours = async (env: NodeJS.ProcessEnv) => (await fourtuple([], { env })).out.includes(ESCAPE);
    expect(await colours({})).toBe(false);
    expect(await colours({ FORCE_COLOR: '1' })).toBe(true);
    expect(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect((await fourtuple(['--json'], { env: { FORCE_COLOR: '1' } })).out).not.toContain(ESCAPE);
  });

  describe('on a terminal', () => {
    needsPrograms('script');

    it('uses colour, but not against NO_COLOR, nor where it is dumb', async () => {
      await populate();
      const command = `'${process.execPath}' '${PROGRAM}'`;
      const onTerminal = (env: NodeJS.ProcessEnv) =>
        run('script', ['-qec', command, '/dev/null'], { env: { TERM: 'xterm', ...env } });
      const coloured = await onTerminal({});
      expect(coloured).toMatchObject({ code: 0, out: expect.stringContaining(ESCAPE) });
      for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
        const { code, out } = await onTerminal(env);
        expect({ code, coloured: out.includes(ESCAPE) }).toEqual({ code: 0, coloured: false });
        expect(out).toContain('127.0.0.1>127.0.0.1:9000');
      }
    });
  });
});
