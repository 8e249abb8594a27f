import { describe, expect, it } from 'vitest';
import type { Change } from './change.ts';
import { sysctlCommand } from './sysctl-command.ts';

const REUSE: Change = { kind: 'sysctl', setting: 'tcp_tw_reuse', value: '1' };
const RANGE: Change = { kind: 'sysctl', setting: 'ip_local_port_range', value: '1024 65535' };
const RESERVED: Change = { kind: 'sysctl', setting: 'ip_local_reserved_ports', value: '8080,9000-9003' };

describe('the command for changes of settings', () => {
  it('has a line for each change, in their order, and quotes what a shell would part', () => {
    expect(sysctlCommand([RESERVED, RANGE], { commandPrefix: '' }).text).toBe(
      "sysctl -w net.ipv4.ip_local_reserved_ports=8080,9000-9003\nsysctl -w net.ipv4.ip_local_port_range='1024 65535'",
    );
  });

  it('says how to keep the settings, and speaks of quotes only where there are some', () => {
    expect(sysctlCommand([RANGE], { commandPrefix: '' }).note).toContain(
      '/etc/sysctl.d/90-ports.conf, one a line, wit',
    );
    expect(sysctlCommand([REUSE], { commandPrefix: '' }).note).not.toContain('quotes');
  });

  it('runs every line in its namespace', () => {
    expect(sysctlCommand([RESERVED, REUSE], { commandPrefix: 'ip netns exec web' }).text).toBe(
      'ip netns exec web sysctl -w net.ipv4.ip_local_reserved_ports=8080,9000-9003\nip netns exec web sysctl -w net.ipv4.tcp_tw_reuse=1',
    );
  });

  it('says where containers and pods get a setting, and which ones the kubelet must allow', () => {
    const inPod = { commandPrefix: 'nsenter -t 811 -n' };
    expect(sysctlCommand([REUSE], inPod).note).toContain('the kubelet must allow net.ipv4.tcp_tw_reuse');
    expect(sysctlCommand([RESERVED, RANGE], inPod).note).toContain('securityContext.sysctls of a pod)');
    expect(sysctlCommand([RESERVED, REUSE], inPod).note).not.toContain('net.ipv4.ip_local_reserved_ports');
  });
});
