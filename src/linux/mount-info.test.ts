import { describe, expect, it } from 'vitest';
import { parseMounts, readMounts } from './mount-info.ts';

describe('the mounts', () => {
  it('are read with any number of optional fields, and their escapes undone', () => {
    const text = [
      '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
      '43 42 0:4 net:[4026532178] /run/netns/my\\040net rw shared:2 master:1 - nsfs nsfs rw',
      '36 35 98:0 /mnt1\\134x /mnt2 rw,noatime shared:7 - ext3 /dev/root rw,errors=continue',
      'no mount at all',
      '',
    ].join('\n');
    expect(parseMounts(text)).toEqual([
      { root: '/', point: '/sys/fs/cgroup/unified', type: 'cgroup2' },
      { root: 'net:[4026532178]', point: '/run/netns/my net', type: 'nsfs' },
      { root: '/mnt1\\x', point: '/mnt2', type: 'ext3' },
    ]);
  });

  it('of this machine have a /proc among them', () => {
    expect(readMounts('proc').map(({ point }) => point)).toContain('/proc');
  });
});
