import type { ApplicationContext } from '@stricli/core';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../test/kit/golden.ts';
import { runProgram, withDefaultCommand } from './application.ts';
import { processExitCode } from './exit-code.ts';
import { version } from './version.ts';

/** Runs the program with these arguments, as main.ts does. What a command prints itself is not in it. */
async function program(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const context: ApplicationContext = {
    process: {
      stdout: { write: (text: string) => void out.push(text) },
      stderr: { write: (text: string) => void error.push(text) },
      env: {},
    },
  };
  await runProgram(args, context);
  return { code: processExitCode(context.process.exitCode), out: out.join(''), error: error.join('') };
}

describe('the command line', () => {
  it.each([
    [[], ['status']],
    [['--all'], ['status', '--all']],
    [
      ['-n', 'web'],
      ['status', '-n', 'web'],
    ],
    [
      ['--json', '--top', 'all'],
      ['status', '--json', '--top', 'all'],
    ],
    [['status'], ['status']],
    [['statsu'], ['statsu']],
    [['--help'], ['--help']],
    [['-h'], ['-h']],
    [['--version'], ['--version']],
    [['-v'], ['-v']],
    [['lab'], ['lab']],
    [
      ['lab', '--json'],
      ['lab', '--json'],
    ],
    [
      ['lab', 'shell', 'capacity'],
      ['lab', 'shell', 'capacity'],
    ],
    [
      ['lab', 'capacity', '--full'],
      ['lab', 'run', 'capacity', '--full'],
    ],
  ])('means status where no command is named: %j', (given, meant) => {
    expect(withDefaultCommand(given)).toEqual(meant);
  });

  it('explains itself, with examples', async () => {
    const help = await program('--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden('help.txt', help.out);
  });

  it('explains status, with examples', async () => {
    const help = await program('status', '--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden('help-status.txt', help.out);
  });

  it('explains fix, with examples', async () => {
    const help = await program('fix', '--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden('help-fix.txt', help.out);
  });

  it('explains fleet, with examples', async () => {
    const help = await program('fleet', '--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden('help-fleet.txt', help.out);
  });

  it('explains check, with examples; 3 is for a plugin that says nothing of the machine', async () => {
    const help = await program('check', '--help');
    expect({ ...help, out: '' }).toEqual({ code: 3, out: '', error: '' });
    expectGolden('help-check.txt', help.out);
    expect(await program('check', '--version')).toEqual({ code: 3, out: `fourtuple ${version}\n`, error: '' });
  });

  it.each([
    [['--warnign', '80'], 'No flag registered for --warnign, did you mean --warning?'],
    [['-w', '80%'], "--warning: '80%' is not a range: write 80 (alerts above 80), 300: (alerts below 300)"],
    [['-w'], 'Expected input for flag --warning'],
    [['--critical-seconds', '60:30'], "--critical-seconds: '60:30' starts above its end"],
    [['--timeout', 'ever'], "--timeout: 'ever' is not a time from 1 to 3600 seconds"],
    [['--lane', 'x:http'], "--lane: 'x:http' does not name lanes: 'http' is not a port. Write source>destination:port"],
    [['--all', '--netns', 'web'], '--all and --netns exclude each other'],
    [['-t', '2', '--trace', '2s'], '--timeout of 2 s ends before --trace does'],
    [['-t', '2', '--watch-closes', '3s'], '--timeout of 2 s ends before --watch-closes does'],
    [['web'], 'Too many arguments'],
  ])('check says in its one line what is wrong with %j, as UNKNOWN', async (args, words) => {
    const { code, out, error } = await program('check', ...args);
    expect({ code, error }).toEqual({ code: 3, error: '' });
    expect(out).toMatch(/^FOURTUPLE UNKNOWN - [^\n]*\n$/);
    expect(out).toContain(words);
  });

  it('explains agent, with examples', async () => {
    const help = await program('agent', '--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden('help-agent.txt', help.out);
  });

  it.each([
    [['--interval', '5'], "--interval: '5' is not a time from 1s to 1m"],
    [['--listen', 'a b'], "--listen: 'a b' is not an address such as 127.0.0.1:10404"],
    [['--config', '/nowhere.yaml'], 'the configuration cannot be read: ENOENT'],
    [['--config', '/dev/null', '--open', '--token-file', 'a'], 'open and tokenFile exclude each other'],
  ])('takes %j for wrong use of agent', async (args, words) => {
    const { code, error } = await program('agent', ...args);
    expect(code).toBe(2);
    expect(error).toContain(words);
  });

  it('explains plan, with examples', async () => {
    const help = await program('plan', '--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden('help-plan.txt', help.out);
  });

  it.each(['lab', 'lab run', 'lab shell', 'history'])('explains %s, with examples', async (command) => {
    const help = await program(...command.split(' '), '--help');
    expect({ ...help, out: '' }).toEqual({ code: 0, out: '', error: '' });
    expectGolden(`help-${command.replace(' ', '-')}.txt`, help.out);
  });

  it('tells its version', async () => {
    expect(await program('--version')).toEqual({ code: 0, out: `${version}\n`, error: '' });
  });

  it.each([
    [['statsu'], 'status'],
    [['--al'], '--all'],
    [['--jsn'], '--json'],
    [['status', 'extra'], 'extra'],
    [['--top', 'many'], "'many' is not a number of lanes"],
    [['--owners', 'long'], "'long' is not a duration"],
    [['--lane', '10.0.0.5>10.0.1.9:http'], "'http' is not a port"],
    [['--from', 'x', '--range', '9-1'], "'9-1' is not a port range"],
    [['--from', 'x', '--reserved', '8080,http'], "'http' is neither a port"],
    [['--top'], '--top'],
    [['fix', 'wider-range', '--to', '65535-1024'], 'Write the lower port first: 1024-65535'],
    [['fix', 'wider-range', '--to', '1024'], "'1024' is not a port range"],
    [['fix', '--undo', 'tcp-tw-reuse'], "'tcp-tw-reuse' is not the number of an entry"],
    [['fix', 'recycle-time-wait', '--for', 'always'], "'always' is no time to go on for"],
    [['fix', 'tcp-tw-reuse', 'wider-range'], 'wider-range'],
    [['plan', '--time-wait', 'long'], "--time-wait: 'long' is not a time: write 50ms"],
    [['plan', 'a.yaml', 'b.yaml'], 'b.yaml'],
    [['lab', 'run', '--html'], '--html'],
    [['lab', 'shell'], 'NAME'],
    [['lab', 'shell', 'capacity', 'extra'], 'extra'],
  ])('is refused as wrong use, and says how: %j', async (args, words) => {
    const { code, out, error } = await program(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(words);
    expect(error).not.toContain('    at ');
  });

  it.each([
    [['--all', '--netns', 'web'], '--all and --netns exclude each other'],
    [['--from', 'x', '--all'], '--from reads a capture'],
    [['--from', 'x', '--netns', 'web'], '--from reads a capture'],
    [['--range', '1024-65535'], 'go with --from'],
    [['--reserved', '8080'], 'go with --from'],
    [['--listening', '8080'], 'go with --from'],
    [['fix', '--apply'], '--apply goes with a remedy, and none is named'],
    [['fix', '--persist'], '--persist goes with a remedy'],
    [['fix', '--to', '1024-65535'], '--to goes with a remedy'],
    [['fix', 'tcp-tw-reuse', '--undo'], "--undo takes back what was applied: leave out 'tcp-tw-reuse'"],
    [['fix', '--undo', '--persist'], 'leave out --persist'],
    [['fix', '--undo', '3', '-n', '1'], 'entry 3 tells its namespace: leave out --netns'],
    [
      ['fix', 'tcp-tw-reuse', '--to', '1024-65535'],
      '--to goes with wider-range and spread-sources: leave it out for tcp-tw-reuse',
    ],
    [['fix', 'tcp-tw-reuse', '--for', '10m'], '--for goes with recycle-time-wait'],
    [['fix', 'tcp-tw-reuse', '--threshold', 'cliff'], '--threshold goes with recycle-time-wait'],
    [['fix', 'recycle-time-wait', '--persist'], 'recycle-time-wait changes no setting that could be kept'],
    [['plan', '--clients', '4'], '--clients, --proxies and --backends go together: add --proxies'],
    [['plan', '--via-addresses', '4'], '--via-addresses goes with --via'],
    [['plan', 'topology.yaml', '--rate', '500'], '--rate describes a topology, and the file does'],
    [['lab', 'ran'], "there is no experiment 'ran'"],
    [['lab', 'run', 'capacty'], "there is no experiment 'capacty'\nIs capacity meant?"],
    [['fix', 'tcp-tw-resue'], "there is no remedy 'tcp-tw-resue', did you mean tcp-tw-reuse?"],
  ])('is refused where its flags contradict each other: %j', async (args, words) => {
    const { code, out, error } = await program(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(words);
  });

  it('fails, and says why, where the capture cannot be read', async () => {
    const { code, out, error } = await program('--from', '/no/such/file');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('/no/such/file cannot be read');
    expect(error).not.toContain('    at ');
  });

  it('fails, and says why, where the topology cannot be read', async () => {
    const { code, out, error } = await program('plan', '/no/such/file');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('/no/such/file cannot be read');
  });
});
