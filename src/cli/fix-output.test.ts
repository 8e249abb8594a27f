import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandLine } from './fix-output.ts';

describe('a command line', () => {
  it('is what was given and more, without --json', () => {
    expect(commandLine(['fix', 'tcp-tw-reuse', '-n', 'web', '--json'], '--apply')).toBe(
      'fourtuple fix tcp-tw-reuse -n web --apply',
    );
  });

  it.each([[''], ['*>[::1]:*'], ["it's"], ['50%'], ['a b'], ['$HOME `id` "x" \\'], ['#no'], ['~']])(
    'is read by a shell as it was given: %j',
    (word) => {
      const read = execFileSync('sh', ['-c', `fourtuple() { printf '%s' "$1"; }; ${commandLine([word])}`]);
      expect(read.toString()).toBe(word);
    },
  );
});
