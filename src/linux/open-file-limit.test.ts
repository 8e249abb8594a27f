import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseOpenFileLimit, readOpenFileLimit } from './open-file-limit.ts';

/** /proc/PID/limits of Linux 6.18. */
function limits(openFiles: string): string {
  return [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             31415                31415                processes ',
    `Max open files            ${openFiles}                 4096                 files     `,
    '',
  ].join('\n');
}

describe('the limit of open files', () => {
  it('is the soft one', () => {
    expect(parseOpenFileLimit(limits('1024'))).toBe(1_024);
    expect(parseOpenFileLimit(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['', 'Max processes             1 1 processes\n', limits('many')])('is not known from %j', (text) => {
    expect(parseOpenFileLimit(text)).toBeNull();
  });

  it('is what a process is told', () => {
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n 77; cat /proc/self/limits'], { encoding: 'utf8' });
    expect(parseOpenFileLimit(stdout)).toBe(77);
    expect(readOpenFileLimit()).toBeGreaterThan(77);
  });
});
