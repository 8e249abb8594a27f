import { describe, expect, it } from 'vitest';
import { hold, serve } from './connections.ts';
import { joinTo } from './links.ts';
import { createNamespace, currentNamespace, inside } from './network-namespace.ts';
import { usesPrivateNamespace } from './private-namespace.ts';
import { countedStates, socketStatistics } from './socket-statistics.ts';
import { readSysctl, reservePorts, setPortRange } from './sysctl.ts';

const before = currentNamespace().inode;
const seen = new Set<number>();

describe('a private namespace', () => {
  usesPrivateNamespace();

  it.each([1, 2])('is new for each test, with the settings of the kernel (%i)', () => {
    const { inode } = currentNamespace();
    expect(inode).not.toBe(before);
    expect(seen).not.toContain(inode);
    seen.add(inode);
    expect(readSysctl('ipv4.ip_local_port_range').split(/\s+/)).toEqual(['32768', '60999']);
    expect(socketStatistics()).toEqual([]);
    setPortRange(40_000, 40_009);
    reservePorts('40001,40003-40004');
    expect(readSysctl('ipv4.ip_local_reserved_ports')).toBe('40001,40003-40004');
    reservePorts('');
    expect(readSysctl('ipv4.ip_local_reserved_ports')).toBe('');
  });

  it('is not left by code that runs inside another one', () => {
    const { inode } = currentNamespace();
    const other = createNamespace();
    expect(currentNamespace().inode).toBe(inode);
    expect(inside(other, () => currentNamespace().inode)).toBe(other.inode);
    expect(() =>
      inside(other, () => {
        throw new Error('thrown inside');
      }),
    ).toThrow('thrown inside');
    expect(currentNamespace().inode).toBe(inode);
  });

  it('is joined to another by a wire, over IPv4, IPv6 and link-local addresses', () => {
    const other = createNamespace();
    const near = { link: 'near', addresses: ['10.77.0.1/24', 'fd00::1/64', 'fe80::1/64'] };
    joinTo(other, near, { link: 'far', addresses: ['10.77.0.2/24', 'fd00::2/64', 'fe80::2/64'] });
    const [first, second, third] = inside(other, () => [
      serve('10.77.0.2', 80),
      serve('fd00::2', 80),
      serve('fe80::2%far', 80),
    ]);
    if (first === undefined || second === undefined || third === undefined) throw new Error('no server');
    hold(3, first);
    hold(2, second);
    hold(1, { ...third, address: 'fe80::2%near' });
    expect(countedStates('10.77.0.1', '10.77.0.2', 80)).toEqual({ ESTABLISHED: 3 });
    expect(countedStates('fd00::1', 'fd00::2', 80)).toEqual({ ESTABLISHED: 2 });
    expect(countedStates('fe80::1', 'fe80::2', 80)).toEqual({ ESTABLISHED: 1 });
    expect(inside(other, () => socketStatistics().filter(({ state }) => state === 'ESTABLISHED'))).toHaveLength(6);
  });
});
