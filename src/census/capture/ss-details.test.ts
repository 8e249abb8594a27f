import { describe, expect, it } from 'vitest';
import { SsDetails } from './ss-details.ts';
import { parseSsDuration } from './ss-timer.ts';
import { parseSsUsers } from './ss-users.ts';

describe('a time as ss prints it', () => {
  it.each([
    ['', 0],
    ['850ms', 850],
    ['005ms', 5],
    ['3sec', 3000],
    ['3.250sec', 3250],
    ['1.096ms', 1096],
    ['52sec', 52_000],
    ['1min', 60_000],
    ['1min59sec', 119_000],
    ['119min', 7_140_000],
    ['1.5sec', -1],
    ['52', -1],
    ['sec', -1],
    ['-1sec', -1],
    ['1e3sec', -1],
  ])('%j is %i ms', (text, ms) => expect(parseSsDuration(text)).toBe(ms));
});

describe('owners as ss prints them', () => {
  const names = (text: string): (readonly [number, string])[] | undefined =>
    parseSsUsers(text, 0)?.processes.map(({ pid, name }) => [pid, name]);

  it.each([
    [
      'users:(("nginx",pid=12,fd=3),("nginx",pid=13,fd=3))',
      [
        [12, 'nginx'],
        [13, 'nginx'],
      ],
    ],
    [
      'users:(("sshd",1048,3),("sshd",1050,3))',
      [
        [1048, 'sshd'],
        [1050, 'sshd'],
      ],
    ],
    ['users:(("a",pid=12,tid=14,fd=3))', [[12, 'a']]],
    ['users:(("a",pid=12,proc_ctx=u:r:t:s0:c1,c2,fd=3))', [[12, 'a']]],
    ['users:(("a",pid=12,proc_ctx=u:r:t,fd=3,sock_ctx=u:o:t))', [[12, 'a']]],
    ['users:(("a",pid=1,fd=3)",pid=12,fd=4))', [[12, 'a",pid=1,fd=3)']]],
    ['users:(("x",1,3),("y",pid=12,fd=4))', [[12, 'x",1,3),("y']]],
    ['users:(("",pid=12,fd=4))', [[12, '']]],
    ['users:(("\u0000 (b) \\",pid=12,fd=4)) timer:(on,1sec,0)', [[12, '\u0000 (b) \\']]],
  ])('%s is read', (text, expected) => expect(names(text)).toEqual(expected));

  it.each([
    ...[
      'users:((',
      'users:(("a",pid=1,fd=2)',
      'users:(("a",pid=1,fd=2),',
      'users:(("a",pid=1,fd=2))x',
      'users:(("a"))',
    ],
  ])('%s is refused', (text) => expect(names(text)).toBeUndefined());
});

describe('what ss prints behind the addresses', () => {
  const details = new SsDetails();

  it('is read in its order', () => {
    details.read('  users:(("a b",pid=12,fd=3)) timer:(keepalive,1min59sec,0) uid:33 ino:12345 sk:1 cgroup:/x <->  ');
    expect(details).toMatchObject({ timer: 'keepalive', leftMs: 119_000, inode: 12_345, hasUnreadableUsers: false });
    expect(details.processes).toEqual([{ pid: 12, name: 'a b' }]);
  });

  it('is nothing where it is none of these', () => {
    details.read(' cubic wscale:7,7 rto:204 timer:(on,1sec,0)');
    expect(details).toMatchObject({ timer: undefined, leftMs: -1, inode: -1, processes: [] });
  });

  it('is not taken from a name that imitates it', () => {
    details.read(' users:(("\n timer:(on,1s",pid=12,fd=3)) ino:7 sk:1');
    expect(details).toMatchObject({ timer: undefined, inode: 7 });
    details.read(' users:(("cut timer:(timewait,1sec,0) ino:7 sk:1');
    expect(details).toMatchObject({ timer: undefined, inode: -1, hasUnreadableUsers: true });
  });
});
