import { describe, expect, it } from 'vitest';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { Finding } from '../rule.ts';
import { folkSettings } from './folk-settings.ts';

/** What is said of a file with these lines. */
function examine(...text: readonly string[]): Finding[] {
  const settingLines = text.map((line, index) => {
    const [setting = '', value = ''] = line.split(' = ');
    return { file: '/etc/sysctl.d/90-tuning.conf', line: index + 1, setting, value };
  });
  return [...folkSettings.examine(ruleScene([], { settingLines }))];
}

function summaries(...text: readonly string[]): string[] {
  return examine(...text).map(({ summary }) => summary);
}

describe('folk settings', () => {
  it.each([
    ['net.ipv4.tcp_tw_recycle = 0', 'a setting that no kernel has had since Linux 4.12.'],
    ['net.ipv4.tcp_fin_timeout = 15', 'which never shortens TIME_WAIT.'],
    ['net.ipv4.tcp_fin_timeout = 70', 'with which an orphan stays in FIN_WAIT2 for 20 s, not 70 s.'],
    [
      'net.ipv4.tcp_max_tw_buckets = 5000',
      'with which the kernel drops TIME_WAIT sockets that still protect connections.',
    ],
    ['net.netfilter.nf_conntrack_tcp_timeout_time_wait = 30', 'which frees no source port.'],
    ['net.netfilter.nf_conntrack_tcp_timeout_fin_wait = 30', 'which frees no source port.'],
    ['net.netfilter.nf_conntrack_tcp_timeout_close_wait = 15', 'which frees no source port.'],
    ['net.ipv4.netfilter.ip_conntrack_tcp_timeout_time_wait = 1', 'which frees no source port.'],
    [
      'net.ipv4.ip_local_port_range = 1024 65000',
      'whose ends are both even or both odd, so that connect() can fail while a port is free.',
    ],
  ])('are told with file and line: %s', (line, effect) => {
    const [finding, ...others] = examine('vm.swappiness = 10', line);
    expect(others).toEqual([]);
    expect(finding?.summary).toBe(`/etc/sysctl.d/90-tuning.conf:2 sets ${line}, ${effect}`);
    expect(finding).toMatchObject({ severity: 'info', lane: null });
    expect(finding?.unhelpful).toHaveLength(1);
    expect(finding?.explanation).toContain(finding?.unhelpful[0]?.why);
  });

  it.each([
    'net.ipv4.tcp_fin_timeout = 60',
    'net.ipv4.tcp_max_tw_buckets = 262144',
    'net.ipv4.ip_local_port_range = 1024 65535',
    'net.ipv4.ip_local_port_range = 40000 40000',
    'net.ipv4.tcp_tw_reuse = 1',
    'net.netfilter.nf_conntrack_tcp_timeout_time_wait = 120',
    'net.netfilter.nf_conntrack_tcp_timeout_established = 600',
    'net.netfilter.nf_conntrack_max = 1000',
    'net.ipv4.tcp_fin_timeout = soon',
  ])('are not all settings: %s', (line) => {
    expect(examine(line)).toEqual([]);
  });

  it('are told once for each kind', () => {
    const lines = ['time_wait', 'fin_wait'].map((state) => `net.netfilter.nf_conntrack_tcp_timeout_${state} = 10`);
    expect(summaries(...lines, 'net.ipv4.tcp_tw_recycle = 1')).toEqual([
      expect.stringContaining('tcp_tw_recycle = 1, a setting'),
      expect.stringContaining('_time_wait = 10 (and 1 more of its kind), which frees'),
    ]);
  });

  it('count only where no later line replaces them', () => {
    expect(examine('net.ipv4.ip_local_port_range = 1024 65000', 'net.ipv4.ip_local_port_range = 1024 65535')).toEqual(
      [],
    );
    expect(summaries('net.ipv4.tcp_fin_timeout = 60', 'net.ipv4.tcp_fin_timeout = 10')).toEqual([
      expect.stringContaining(':2 sets'),
    ]);
  });

  it('are cured by a wider range where the ends of the range are wrong', () => {
    const remedies = examine('net.ipv4.ip_local_port_range = 1024 65000', 'net.ipv4.tcp_tw_recycle = 1').map(
      (finding) => finding.remedies.map(({ id }) => id),
    );
    expect(remedies).toEqual([[], ['wider-range']]);
  });

  it('are not looked for where the files were not read', () => {
    expect([...folkSettings.examine(ruleScene([]))]).toEqual([]);
  });
});
