import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { needsPrograms } from '../kit/needs.ts';
import { currentNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, reportBy, run } from '../kit/program.ts';
import { settled } from '../kit/socket-statistics.ts';
import { reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';

const ESCAPE = '\u001b';

/** Without the first line, which tells the time. */
function body(text: string): string {
  return text.slice(text.indexOf('\n'));
}

describe('fourtuple', () => {
  usesPrivateNamespace();
  needsProgram();

  /** Two lanes: one almost full, the other of another process's. */
  async function populate(): Promise<void> {
    setPortRange(40_000, 40_099);
    reservePorts('40001');
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    hold(60, serve('127.0.0.1', 9000));
    timeWait(35, serve('127.0.0.1', 9000, '127.0.0.2'), {});
    hold(7, serve('::1', 9001));
    await settled();
  }

  it('status --json prints a report that can be read back, and nothing else', async () => {
    await populate();
    const before = Date.now();
    const report = await reportBy(['status']);
    expect(report).toMatchObject({ schema: 1, host: { name: expect.any(String) }, findings: [] });
    expect(Date.parse(report.takenAt ?? '')).toBeGreaterThanOrEqual(before - 1);
    expect(report.durationSeconds).toBeLessThan(10);
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
});
