import { describe, expect, it } from 'vitest';
import { traceRefusals } from '../../src/linux/connect-trace.ts';
import { readSysctl } from '../../src/linux/sysctl.ts';
import { readSettingLines } from '../../src/linux/sysctl-files.ts';
import { LINUX_DEFAULT_RANGE, parsePortRange } from '../../src/tcp/port-range.ts';
import { hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { createNamespace, enter } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { usesTracefs } from '../kit/tracefs.ts';
import { examineHere, findingsOf } from './examination.ts';

function portRange(): ReturnType<typeof parsePortRange> {
  return parsePortRange(readSysctl('ip_local_port_range') ?? '');
}

describe('a namespace of a host that has more ports', () => {
  usesPrivateNamespace();

  it('does not inherit them, and is told so', async () => {
    setPortRange(1024, 65_535);
    const host = portRange();
    enter(createNamespace());
    expect(portRange()).toEqual(LINUX_DEFAULT_RANGE);
    hold(3_000, serve('127.0.0.1', 9000));
    const [finding, ...others] = findingsOf(await examineHere({ host, name: 'web' }), 'namespace-defaults');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'info', evidence: { size: 28_232, hostSize: 64_512 } });
    expect(finding?.summary).toContain('web still has the default range');
    expect(finding?.remedies).toMatchObject([{ id: 'wider-range', possible: true }]);
  });

  it('is left alone where it hardly uses any, or has its own', async () => {
    const host = { low: 1024, high: 65_535 };
    hold(20, serve('127.0.0.1', 9000));
    expect(findingsOf(await examineHere({ host }), 'namespace-defaults')).toEqual([]);
    setPortRange(40_000, 40_039);
    expect(findingsOf(await examineHere({ host }), 'namespace-defaults')).toEqual([]);
  });
});

describe('a range whose ends have one parity', () => {
  usesPrivateNamespace();

  it('lets connect() fail now and then while a port is free; one with both does not', () => {
    const refusedEarly = (low: number, high: number): number => {
      setPortRange(low, high);
      const taken = Array.from({ length: 60 }, (_, lane) => {
        const to = serve('127.0.0.1', 9000 + lane);
        const connections = fillUntilRefused(to);
        to.listener.close();
        for (const { client, server } of connections) {
          client.abort();
          server.close();
        }
        return connections.length;
      });
      return taken.filter((count) => count < high - low + 1).length;
    };
    expect(refusedEarly(40_000, 40_005)).toBe(0);
    expect(refusedEarly(40_000, 40_004)).toBeGreaterThan(0);
  });
});

describe('the sysctl files of this machine', () => {
  it('are read, and hold nothing that does not help', async () => {
    const files = new Set(readSettingLines().map(({ file }) => file));
    expect(files.size).toBeGreaterThan(0);
    expect(findingsOf(await examineHere({ name: 'host' }), 'folk-settings')).toEqual([]);
  });
});

describe('a trace', () => {
  usesPrivateNamespace();
  usesTracefs();

  it('names the process that failed to connect, and the lane', async () => {
    setPortRange(40_000, 40_019);
    const to = serve('127.0.0.1', 9000);
    fillUntilRefused(to);
    const looking = traceRefusals(100);
    for (let attempt = 0; attempt < 42; attempt += 1) tryConnection(to);
    // Other tests fail to connect at the same time, in namespaces whose inodes are given away again.
    const refusals = (await looking).filter(({ pid }) => pid === process.pid);
    const trace = { seconds: 0.1, refusals };
    const [finding, ...others] = findingsOf(await examineHere({ trace }), 'connects-refused');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'critical',
      lane: { source: '127.0.0.1', destination: '127.0.0.1', port: 9000 },
      evidence: { refusals: 42, processes: [{ pid: process.pid, refusals: 42 }] },
    });
    expect(finding?.summary).toContain(
      ` ${process.pid} failed 42 times in 100 ms to connect from 127.0.0.1 to 127.0.0.1:9000: no source port was free.`,
    );
    const elsewhere = createNamespace();
    expect(findingsOf(await examineHere({ trace, namespace: elsewhere }), 'connects-refused')).toEqual([]);
  });
});
