import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { NetlinkError } from './netlink-error.ts';
import { untilConsistent, withRtnetlink } from './rtnetlink.ts';

const { EACCES, EPERM } = constants.errno;

describe('a conversation with rtnetlink', () => {
  const failing = (errno: number): unknown => {
    try {
      return withRtnetlink('add 10.0.0.5/32 to eth0', () => {
        throw new NetlinkError({ operation: 'ask', errno });
      });
    } catch (error) {
      return error;
    }
  };

  it('says which capability is missing where the kernel refuses for that', () => {
    expect(failing(EPERM)).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: 'could not add 10.0.0.5/32 to eth0: this process lacks CAP_NET_ADMIN',
      hint: expect.stringContaining('root'),
      cause: expect.objectContaining({ errno: EPERM }),
    });
    expect(failing(EACCES)).toMatchObject({ code: 'FT_KERNEL', errno: EACCES });
  });

  it('leaves no file open, however it ends', () => {
    const files = readdirSync('/proc/self/fd').length;
    expect(withRtnetlink('ask', () => 5)).toBe(5);
    failing(EPERM);
    expect(readdirSync('/proc/self/fd')).toHaveLength(files);
  });
});

describe('a dump that may be interrupted', () => {
  it('is made again until it was not', () => {
    const outcomes = [true, true, false, true];
    untilConsistent('the things', () => ({ interrupted: outcomes.shift() === true }));
    expect(outcomes).toEqual([true]);
  });

  it('is given up where it is so each time', () => {
    expect(() => untilConsistent('the things', () => ({ interrupted: true }))).toThrow(
      expect.objectContaining({ code: 'FT_BUSY', message: expect.stringContaining('the things changed') }),
    );
  });
});
