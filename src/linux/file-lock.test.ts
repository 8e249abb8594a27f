import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { FourtupleError } from '../tcp/error.ts';
import { tryLockFile } from './file-lock.ts';

describe('the lock of a file', () => {
  it('is one opening’s alone, until that is closed', () => {
    const path = join(temporaryFolder(), 'lock');
    const [first, second] = [openSync(path, 'a'), openSync(path, 'a')];
    expect([tryLockFile(first), tryLockFile(first), tryLockFile(second)]).toEqual([true, true, false]);
    closeSync(first);
    expect(tryLockFile(second)).toBe(true);
    closeSync(second);
  });

  it('cannot be taken of what is no open file', () => {
    expect(() => tryLockFile(-1)).toThrow(new FourtupleError('FT_KERNEL', 'a file cannot be locked: EBADF'));
  });
});
