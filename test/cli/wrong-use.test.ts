import { describe, expect, it } from 'vitest';
import { fourtuple, needsProgram } from '../kit/program.ts';

/** No stack: that would be a defect of the program. */
async function failureOf(args: readonly string[]): Promise<{ code: number | null; error: string }> {
  const { code, out, error } = await fourtuple(args);
  expect(out, 'standard output').toBe('');
  expect(error).not.toContain('    at ');
  return { code, error };
}

describe('fourtuple ends', () => {
  needsProgram();

  it.each([
    [['statsu'], 'did you mean `status`?'],
    [['frobnicate'], 'The commands are: status, doctor, fix, plan, lab, agent, history, fleet, check.'],
    [['--jsn'], 'did you mean --json?'],
    [['status', '--nonsense'], '--nonsense'],
    [['status', 'extra'], 'extra'],
    [['--top'], '--top'],
    [['--top', '-1'], 'top'],
    [['--top', 'many'], "'many' is not a number of lanes"],
    [['--owners', '5'], "'5' is not a duration: write 250ms, 2s or 1m"],
    [['--lane', '10.0.0.5>10.0.1.9:http'], "'http' is not a port"],
    [['--all', '--netns', 'web'], '--all and --netns exclude each other'],
    [['--range', '1024-65535'], 'go with --from'],
    [['--from', '-', '--all'], '--from reads a capture'],
    [['--from', '-', '--watch-closes', '2s'], '--from reads a capture, in which nothing closes'],
    [['--watch-closes', '50ms'], "'50ms' is not from 100ms to 10m: write 2s"],
  ])('with 2 and a word of help for wrong use: %j', async (args, words) => {
    const { code, error } = await failureOf(args);
    expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining(words) });
  });

  it.each([
    [['--from', '/no/such/file'], '/no/such/file cannot be read'],
    [['--from', '/dev/null'], 'it is empty'],
    [['--netns', '/no/such/file'], "there is no file '/no/such/file'"],
    [['--netns', '/dev/null'], "'/dev/null' is not the file of a network namespace"],
    [['--netns', '4194304'], 'there is no process 4194304'],
  ])('with 1 and the reason where it cannot do what it is asked for: %j', async (args, words) => {
    const { code, error } = await failureOf(args);
    expect({ code, error }).toEqual({ code: 1, error: expect.stringMatching(/^fourtuple: /) });
    expect(error).toContain(words);
  });

  it.each([['--help'], ['-h'], ['--version'], ['-v']])('with 0 for %s', async (flag) => {
    const { code, out, error } = await fourtuple([flag]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(flag.includes('v') ? /^\d+\.\d+\.\d+\n$/ : /^USAGE\n/);
  });
});
