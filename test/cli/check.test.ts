import { describe, expect, it } from 'vitest';
import { parseAlertRange } from '../../src/cli/check/alert-range.ts';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillWithTimeWait } from '../kit/fill.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { NOBODY, needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type RunOptions, run } from '../kit/program.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { usesTracefs } from '../kit/tracefs.ts';

const PORTS = 100;

/** One performance figure as the guidelines of the monitoring plugins write it. */
const DATUM =
  /^(?<label>[^\s='|]{1,19})=(?<value>U|-?\d+(?:\.\d+)?)(?<unit>s|%|c)?(?:;(?<warning>[^;]*))?(?:;(?<critical>[^;]*))?(?:;(?<min>[\d.]*))?(?:;(?<max>[\d.]*))?$/;

interface Checked {
  readonly code: number | null;
  /** The first line without its figures. */
  readonly text: string;
  readonly figures: Readonly<Record<string, string>>;
  /** The lines after it. */
  readonly more: readonly string[];
}

/** What `check` says, read as a monitoring system reads it. */
async function check(args: readonly string[] = [], options: RunOptions = {}): Promise<Checked> {
  const { code, out, error } = await fourtuple(['check', ...args], options);
  expect(error).toBe('');
  expect(out.endsWith('\n')).toBe(true);
  const [first = '', ...more] = out.slice(0, -1).split('\n');
  const [text = '', perfdata = ''] = first.split(' | ');
  const figures: Record<string, string> = {};
  for (const datum of perfdata === '' ? [] : perfdata.split(' ')) {
    const { label = '', value = '', unit = '', warning = '', critical = '' } = DATUM.exec(datum)?.groups ?? {};
    expect(label, datum).not.toBe('');
    expect(figures).not.toHaveProperty(label);
    for (const range of [warning, critical]) if (range !== '') parseAlertRange(range);
    figures[label] = `${value}${unit}`;
  }
  expect(out.split('|').length, 'one bar at most').toBeLessThanOrEqual(2);
  return { code, text, figures, more };
}

describe('fourtuple check', () => {
  usesPrivateNamespace();
  needsProgram();

  /** Live connections in one lane of 100 slots, with nothing that opens or ends. */
  function fillTo(count: number): void {
    setPortRange(40_000, 40_000 + PORTS - 1);
    hold(count, serve('127.0.0.1', 9000));
  }

  it('is OK on a machine without lanes', async () => {
    setPortRange(40_000, 40_000 + PORTS - 1);
    const { code, text, figures, more } = await check();
    expect({ code, text, more }).toEqual({
      code: 0,
      text: 'FOURTUPLE OK - no connection holds an ephemeral port, and each lane would have 100',
      more: [],
    });
    expect(figures).toEqual({
      ...{ utilization: '0%', used: '0', slots: '100', free: '100', time_wait: '0' },
      ...{ opens_per_second: '0', to_exhaustion: 'U', refusals: 'U' },
    });
  });

  it.each([
    [79, 0, 'OK'],
    [80, 0, 'OK'],
    [81, 1, 'WARNING'],
    [95, 1, 'WARNING'],
    [96, 2, 'CRITICAL'],
    [100, 2, 'CRITICAL'],
  ])('with %i of 100 slots used exits with %i: %s', async (count, expected, state) => {
    fillTo(count);
    const { code, text, figures } = await check();
    expect(code).toBe(expected);
    expect(text).toMatch(
      new RegExp(
        `^FOURTUPLE ${state} - .*127\\.0\\.0\\.1 to 127\\.0\\.0\\.1:9000 \\(\\S+ ${process.pid}\\) in namespace \\d+`,
      ),
    );
    expect(text.length).toBeLessThanOrEqual(255);
    expect(figures).toMatchObject({ utilization: `${count}%`, used: `${count}`, slots: '100', free: `${100 - count}` });
    expect(text.includes('; next: fourtuple doctor --lane 127.0.0.1:9000')).toBe(expected > 0);
  });

  it('takes other thresholds, as ranges', async () => {
    fillTo(50);
    const codeOf = async (...args: string[]) => (await check(args)).code;
    expect(await codeOf('-w', '40')).toBe(1);
    expect(await codeOf('-w=40', '-c', '49.9')).toBe(2);
    expect(await codeOf('--warning', '60:')).toBe(1);
    expect(await codeOf('--critical=@45:55')).toBe(2);
    expect(await codeOf('-w', '~:', '-c', '50')).toBe(0);
  });

  it('warns before a lane is exhausted, and not where it never is', async () => {
    setPortRange(40_000, 47_999);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve('127.0.0.1', 9000);
    timeWait(300, to);
    const opening = setInterval(() => timeWait(20, to), 100);
    try {
      const filling = await check(['--warning-seconds', '3000:', '--critical-seconds', '~:']);
      expect(filling.code).toBe(1);
      expect(filling.text).toMatch(/^FOURTUPLE WARNING - .* is exhausted in .* opened per second/);
      expect(filling.figures.to_exhaustion).toMatch(/^[\d.]+s$/);
      expect(Number(filling.figures.time_wait)).toBeGreaterThanOrEqual(300);
      expect((await check(['--critical-seconds', '3000:'])).code).toBe(2);
      expect((await check(['--warning-seconds', '~:', '--critical-seconds', '~:'])).code).toBe(0);
    } finally {
      clearInterval(opening);
    }
  });

  it('is critical for a lane that is full of TIME_WAIT, and says what connect() says', async () => {
    setPortRange(40_000, 40_000 + PORTS - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    expect(fillWithTimeWait(serve('127.0.0.1', 9000))).toBe(PORTS);
    const { code, text, figures } = await check();
    expect(code).toBe(2);
    expect(text).toContain(
      'is exhausted: all 100 slots are held, 100 in TIME_WAIT, connect() fails with EADDRNOTAVAIL',
    );
    expect(figures).toMatchObject({ utilization: '100%', time_wait: '100', free: '0', to_exhaustion: '0s' });
  });

  it('looks at the lanes that are meant', async () => {
    fillTo(96);
    hold(10, serve('127.0.0.1', 9001));
    expect(await check(['--lane', '*>127.0.0.1:9001'])).toMatchObject({ code: 0, figures: { used: '10' } });
    expect(await check(['--lane', '10.0.0.0/8:*'])).toMatchObject({
      code: 0,
      text: expect.stringContaining('no lane matches'),
    });
  });

  it('says more with each -v', async () => {
    fillTo(96);
    hold(10, serve('127.0.0.1', 9001));
    const [one, two, three] = [await check(['-v']), await check(['-vv']), await check(['-v', '-v', '-v'])];
    expect(one.more).toEqual([
      expect.stringMatching(/^lane 127\.0\.0\.1 to 127\.0\.0\.1:9000 .* is 96\.0% full/),
      expect.stringMatching(/^lane 127\.0\.0\.1 to 127\.0\.0\.1:9001 .* is 10\.0% full/),
    ]);
    expect(two.more.slice(0, 2)).toEqual(one.more);
    expect(two.more.length).toBeGreaterThan(2);
    expect(two.more[2]).toMatch(/^(critical|warning|info) [a-z-]+ in namespace /);
    expect(three.more).toContainEqual(
      expect.stringContaining('ports 40000-40099, 100 usable; 2 lanes, 106 slots used'),
    );
    expect(three.more).toContain('utilization in percent: warning 80, critical 95');
  });

  it('looks into another namespace, and names it in what to run next', async () => {
    const pid = await inside(createNamespace(), () => {
      setPortRange(40_000, 40_000 + PORTS - 1);
      const [first] = hold(96, serve('127.0.0.1', 9000));
      return first === undefined ? 0 : shareWithProcess(first.client);
    });
    expect(await check()).toMatchObject({ code: 0 });
    const { code, text } = await check(['-n', `${pid}`]);
    expect(code).toBe(2);
    expect(text).toContain(`; next: fourtuple doctor --netns ${pid} --lane 127.0.0.1:9000`);
    const all = await check(['--all', '--lane', '127.0.0.1:9000', '-vvv']);
    expect(all.code).toBe(2);
    expect(all.more.filter((line) => line.includes(' 96 slots used'))).toHaveLength(1);
  });

  it.each([
    [['--netns', 'no-such-name'], "there is no network namespace 'no-such-name'"],
    [['--netns', '4194304'], 'there is no process 4194304'],
    [['--netns', '/dev/null'], "'/dev/null' is not the file of a network namespace"],
    [['--nonsense'], '--nonsense'],
    [['-w', 'much'], "--warning: 'much' is not a range"],
  ])('is UNKNOWN where it cannot look, with the reason in one line: %j', async (args, words) => {
    const { code, text, figures, more } = await check(args);
    expect({ code, figures, more }).toEqual({ code: 3, figures: {}, more: [] });
    expect(text).toMatch(/^FOURTUPLE UNKNOWN - /);
    expect(text).toContain(words);
  });

  it('is UNKNOWN for --help, which starts with examples, and for --version', async () => {
    const help = await fourtuple(['check', '-h']);
    expect(help).toMatchObject({ code: 3, error: '', out: expect.stringMatching(/^USAGE\n {2}fourtuple check/) });
    expect(await fourtuple(['check', '-V'])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^fourtuple \d+\.\d+\.\d+\n$/),
    });
  });

  describe('that takes too long', () => {
    /** What runs in the program before it: 300 ms after its start nothing else runs in its first thread. */
    const HANG = `import { isMainThread } from 'node:worker_threads';
      if (isMainThread) setTimeout(() => { for (;;); }, 300);`;
    const hanging = { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(HANG)}` } };

    it.each([
      ['2s', 3, 'UNKNOWN'],
      ['2s:critical', 2, 'CRITICAL'],
    ])('is ended, even where it is stuck: --timeout %s', async (timeout, code, state) => {
      const late = await check(['--watch-closes', '1900ms', '-t', timeout], hanging);
      expect(late).toMatchObject({ code, more: [], figures: {} });
      expect(late.text).toMatch(new RegExp(`^FOURTUPLE ${state} - no answer within 2 s: `));
    });
  });

  it('is UNKNOWN where it fails by a defect, in one line, and leaves the stack for whoever looks', async () => {
    const failing = `setTimeout(() => { throw new Error('boom'); }, 300);`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(failing)}` };
    const { code, out, error } = await fourtuple(['check', '--watch-closes', '5s'], { env });
    expect({ code, out }).toEqual({
      code: 3,
      out: 'FOURTUPLE UNKNOWN - this is a defect of the program, please report it: Error: boom\n',
    });
    expect(error).toContain('    at ');
  });

  describe('in a pipeline', () => {
    needsPrograms('bash');

    it('keeps its state where nobody reads it, and is UNKNOWN where nothing can be written', async () => {
      fillTo(96);
      const program = `'${process.execPath}' '${PROGRAM}' check`;
      const script = `${program} -vvv | true; echo "\${PIPESTATUS[0]}"; ${program} > /dev/full; echo "$?"`;
      const { out, error } = await run('bash', ['--norc', '-c', script]);
      expect(out).toBe('2\n3\n');
      expect(error).toMatch(/^fourtuple: the output cannot be written: ENOSPC[^\n]*\n$/);
    });
  });

  describe('with --trace', () => {
    usesTracefs();

    it('counts the connects that find no port', async () => {
      expect(await check(['--trace', '200ms', '--critical-refusals', '0'])).toMatchObject({
        figures: { refusals: '0' },
      });
      setPortRange(40_000, 40_000 + PORTS - 1);
      const to = serve('127.0.0.1', 9000);
      hold(PORTS, to);
      const args = ['--trace', '2s', '-w', '~:', '-c', '~:', '--warning-seconds', '~:', '--critical-seconds', '~:'];
      const traced = check([...args, '--warning-refusals', '0']);
      const refusing = setInterval(() => fillWithTimeWait(to), 20);
      try {
        const { code, text, figures } = await traced;
        expect(code).toBe(1);
        expect(text).toMatch(
          /^FOURTUPLE WARNING - .* failed \d+ times in .* to connect from 127\.0\.0\.1 to 127\.0\.0\.1:9000: no source port was free/,
        );
        expect(Number(figures.refusals)).toBeGreaterThan(0);
      } finally {
        clearInterval(refusing);
      }
    });
  });

  describe('without privileges', () => {
    needsNobody();

    it('tells the same of its own namespace, and is UNKNOWN where it is asked for others', async () => {
      fillTo(96);
      expect(await check([], NOBODY)).toMatchObject({ code: 2, figures: { utilization: '96%', free: '4' } });
      const all = await check(['--all', '-w', '~:', '-c', '~:'], NOBODY);
      expect(all.code).toBe(3);
      expect(all.text).toMatch(/^FOURTUPLE UNKNOWN - .*could not be read: needs CAP_SYS_PTRACE/);
      expect(await check(['--trace', '100ms'], NOBODY)).toMatchObject({ code: 3, figures: {} });
    });
  });
});
