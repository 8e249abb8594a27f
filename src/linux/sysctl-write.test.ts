import { describe, expect, it, onTestFinished } from 'vitest';
import { createNamespace, inside } from '../../test/kit/network-namespace.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { readSysctl as textOf } from '../../test/kit/sysctl.ts';
import { formatPortList } from '../tcp/port-list.ts';
import { readNetworkSettings } from './sysctl.ts';
import { OpenSysctl } from './sysctl-write.ts';

function open(name: string): OpenSysctl {
  const setting = new OpenSysctl(name);
  onTestFinished(() => setting.close());
  return setting;
}

/** A list of every second port: longer than what the kernel takes or gives at once. */
const EVERY_SECOND = Array.from({ length: 20_000 }, (_, index) => 20_001 + 2 * index);

describe('a setting that is open to be changed', () => {
  usesPrivateNamespace();

  it('is as it was until it is written', () => {
    expect(open('tcp_tw_reuse').read()).toBe('2');
    expect(textOf('ipv4.tcp_tw_reuse')).toBe('2');
  });

  it('is read and written again and again', () => {
    const range = open('ip_local_port_range');
    for (const value of ['1024 65535', '40000 40001', '32768 60999']) {
      range.write(value);
      expect(range.read().split(/\s+/).join(' ')).toBe(value);
      expect(textOf('ipv4.ip_local_port_range').split(/\s+/).join(' ')).toBe(value);
    }
  });

  it('is emptied', () => {
    const reserved = open('ip_local_reserved_ports');
    reserved.write('8080,9000-9003');
    expect(reserved.read()).toBe('8080,9000-9003');
    reserved.write('');
    expect(reserved.read()).toBe('');
    expect(textOf('ipv4.ip_local_reserved_ports')).toBe('');
  });

  it('holds a list that is longer than a page, and gives it whole', () => {
    const reserved = open('ip_local_reserved_ports');
    reserved.write('1-19999');
    reserved.write(EVERY_SECOND.join(','));
    expect(reserved.read()).toBe(EVERY_SECOND.join(','));
    expect(formatPortList(readNetworkSettings().reservedPorts)).toBe(EVERY_SECOND.join(','));
  });

  it('stays that of its namespace, wherever the thread is', () => {
    const names = ['tcp_tw_reuse', 'tcp_timestamps', 'tcp_fin_timeout', 'ip_local_port_range'];
    const values = ['1', '0', '15', '1024 65535'];
    const there = createNamespace();
    const settings = inside(there, () => names.map(open));
    const before = names.map((name) => textOf(`ipv4.${name}`));
    for (const [index, setting] of settings.entries()) setting.write(values[index] as string);
    expect(names.map((name) => textOf(`ipv4.${name}`))).toEqual(before);
    const normal = (text: string): string => text.replace(/\s+/g, ' ');
    expect(inside(there, () => names.map((name) => normal(textOf(`ipv4.${name}`))))).toEqual(values);
    expect(settings.map((setting) => normal(setting.read()))).toEqual(values);
  });

  it.each([
    ['ip_local_port_range', '1 65535'],
    ['ip_local_port_range', '5000 4000'],
    ['ip_local_port_range', 'all'],
    ['ip_local_reserved_ports', '70000'],
    ['tcp_tw_reuse', '3'],
  ])('%s is not set to %s, and says so', (name, value) => {
    const setting = open(name);
    const before = setting.read();
    expect(() => setting.write(value)).toThrow(
      expect.objectContaining({ code: 'FT_KERNEL', message: `net.ipv4.${name} cannot be set to '${value}': EINVAL` }),
    );
    expect(setting.read()).toBe(before);
  });

  it('is none that the kernel does not have', () => {
    expect(() => new OpenSysctl('tcp_tw_recycle')).toThrow(
      expect.objectContaining({ code: 'FT_UNSUPPORTED', message: 'there is no setting net.ipv4.tcp_tw_recycle here' }),
    );
  });

  it.each(['', '.', '..', '../ipv6/conf/all/forwarding', 'conf/all/forwarding', 'tcp_tw_reuse\n', 'TCP_TW_REUSE'])(
    'is no file beside the settings: %j',
    (name) => {
      expect(() => new OpenSysctl(name)).toThrow(expect.objectContaining({ code: 'FT_ARGUMENT' }));
    },
  );
});
