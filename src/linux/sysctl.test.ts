import { describe, expect, it } from 'vitest';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { readSysctl as readRaw, reservePorts, setPortRange, writeSysctl } from '../../test/kit/sysctl.ts';
import { formatPortList } from '../tcp/port-list.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import { readNetworkSettings, readSysctl } from './sysctl.ts';

describe('the settings of a network namespace', () => {
  usesPrivateNamespace();

  it("are the kernel's own at first", () => {
    const { portRange, reservedPorts, ...settings } = readNetworkSettings();
    expect(portRange).toEqual(LINUX_DEFAULT_RANGE);
    expect(reservedPorts.size).toBe(0);
    expect(settings).toMatchObject({
      tcpTwReuse: Number(readRaw('ipv4.tcp_tw_reuse')),
      tcpTimestamps: Number(readRaw('ipv4.tcp_timestamps')),
      tcpMaxTwBuckets: Number(readRaw('ipv4.tcp_max_tw_buckets')),
      tcpFinTimeoutSeconds: Number(readRaw('ipv4.tcp_fin_timeout')),
    });
  });

  it('are those that were set', () => {
    setPortRange(40_000, 40_099);
    for (const [name, value] of Object.entries({ tcp_tw_reuse: 1, tcp_timestamps: 0, tcp_max_tw_buckets: 4_711 })) {
      writeSysctl(`ipv4.${name}`, value);
    }
    writeSysctl('ipv4.tcp_fin_timeout', 30);
    expect(readNetworkSettings()).toMatchObject({
      portRange: { low: 40_000, high: 40_099 },
      tcpTwReuse: 1,
      tcpTimestamps: 0,
      tcpMaxTwBuckets: 4_711,
      tcpFinTimeoutSeconds: 30,
    });
  });

  it.each(['', '8080', '41000-41001,41003', '41003,41000-41001,41002', '1-65535'])(
    "have reserved ports in the kernel's own form: %j",
    (list) => {
      reservePorts(list);
      expect(formatPortList(readNetworkSettings().reservedPorts)).toBe(readRaw('ipv4.ip_local_reserved_ports'));
    },
  );

  it('have a reuse delay: what the kernel has since Linux 6.14, one second before', () => {
    const known = readSysctl('tcp_tw_reuse_delay') !== null;
    if (known) writeSysctl('ipv4.tcp_tw_reuse_delay', 2_500);
    expect(readNetworkSettings().tcpTwReuseDelaySeconds).toBe(known ? 2.5 : 1);
  });

  it('are not known where this kernel has none of the name', () => {
    expect(readSysctl('tcp_tw_recycle')).toBeNull();
    expect(readSysctl('no_such_setting')).toBeNull();
    expect(readSysctl('ip_local_port_range')).toBe('32768\t60999');
  });
});
