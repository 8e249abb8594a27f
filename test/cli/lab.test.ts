import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabReport } from '../../src/lab/lab-report.ts';
import { findProgram } from '../../src/lab/needed-programs.ts';
import { BROKEN_IP, brokenIp } from '../kit/broken-ip.ts';
import { needsPrograms } from '../kit/needs.ts';
import { NOBODY, needsNobody } from '../kit/nobody.ts';
import { parsePage } from '../kit/page-markup.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, type RunOptions, run } from '../kit/program.ts';

const lab = (args: readonly string[], options?: RunOptions): Promise<Run> => fourtuple(['lab', ...args], options);

async function reportOf(options?: RunOptions): Promise<LabReport> {
  const { code, out, error } = await lab(['run', 'capacity', '--json'], options);
  expect({ code, error }).toEqual({ code: 0, error: expect.stringMatching(/^✓ capacity {2}4 of 4 agree, .* m?s\n$/) });
  return JSON.parse(out) as LabReport;
}

/** What each lab on this machine finds of one lane's slots: the range has a thousand ports. */
const FOUND = [1_000, 990, 998, 900];

function expectFound({ experiments }: LabReport): void {
  expect(experiments).toMatchObject([{ name: 'capacity', result: 'agrees', reason: null }]);
  expect(experiments[0]?.findings.map(({ predicted }) => predicted)).toEqual(FOUND);
  expect(experiments[0]?.findings.map(({ measured }) => measured)).toEqual(FOUND);
}

/** A command line whose process, and all that it starts, may not do something. */
const behind = (script: string, args: readonly string[]): Promise<Run> =>
  run('unshare', [
    '--user',
    '--map-root-user',
    'sh',
    '-c',
    `${script}; exec "$0" "$@"`,
    process.execPath,
    PROGRAM,
    ...args,
  ]);
const WITHOUT_NAMESPACES = 'echo 0 > /proc/sys/user/max_net_namespaces';

describe('fourtuple lab', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('unshare', 'setpriv', 'ip');
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-lab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lists what there is, and how to run it', async () => {
    const { code, out, error } = await lab([]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^capacity +2 s +How many connections does one lane hold\?/m);
    expect(out).toContain('fourtuple lab run capacity\n');
    expect(await lab(['list'])).toEqual({ code, out, error });
    const { out: json } = await lab(['--json']);
    expect(JSON.parse(json)).toMatchObject({ schema: 1, runsAs: 'root', reason: null, experiments: expect.any(Array) });
    expect(JSON.parse(json).experiments).toContainEqual({
      ...{ name: 'capacity', question: 'How many connections does one lane hold?', remedies: [], seconds: 2 },
      reason: null,
    });
  });

  it('predicts, measures and agrees', async () => {
    const report = await reportOf();
    expectFound(report);
    expect(report).toMatchObject({ schema: 1, host: { runsAs: 'root', range: { low: 40_000, high: 40_999 } } });
  });

  it('shows what it has found as text', async () => {
    const { code, out } = await lab(['run', 'capacity']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}✓ {2}with 10 reserved ports +990 +990 {2}slots +0 +exact/m);
    expect(out).toMatch(/\ncapacity agrees with its predictions\.\n$/);
  });

  it('runs each once that is named twice', async () => {
    const { code, error } = await lab(['run', 'capacity', 'capacity']);
    expect({ code, lines: error.split('\n').length }).toEqual({ code: 0, lines: 2 });
  });

  it('disturbs no other one that runs at the same time', async () => {
    for (const report of await Promise.all([reportOf(), reportOf(), reportOf()])) expectFound(report);
  });

  it('writes a page, and says where', async () => {
    const file = join(folder, 'lab.html');
    const { code, out, error } = await lab(['run', 'capacity', '--html', file]);
    expect(code).toBe(0);
    expect(error).toContain(`The page is in ${file}: open it in a browser.\n`);
    expect(out).toContain('capacity agrees with its predictions.');
    const page = readFileSync(file, 'utf8');
    expect(parsePage(page).filter(({ name }) => name === 'table')).toHaveLength(3);
    const written = await lab(['run', 'capacity', '--html', '-']);
    expect(parsePage(written.out)).toHaveLength(parsePage(page).length);
  });

  it.each([
    [['run', 'capacty'], 2, "there is no experiment 'capacty'\nIs capacity meant?"],
    [['shell', 'capacty'], 2, "there is no experiment 'capacty'\nIs capacity meant?"],
    [['run', 'capacity', '--html', '/no/such/folder/lab.html'], 1, 'the page cannot be written'],
    [['run', '--ful'], 2, '--full'],
    [['shell'], 2, 'NAME'],
  ])('ends at once, with a word of help, for %j', async (args, code, words) => {
    const ended = await lab(args);
    expect(ended).toEqual({ code, out: '', error: expect.stringContaining(words) });
    expect(ended.error).not.toContain('    at ');
  });

  it('ends with 1 where the kernel does something else than is predicted, and says what', async () => {
    // In place of such a kernel: what the experiment tells of its measurements is one less.
    const file = join(folder, 'other-kernel.cjs');
    writeFileSync(
      file,
      `const fs = require('node:fs');
       const write = fs.writeSync;
       fs.writeSync = (fd, text) => write(fd, String(text).replace('"measured":990', '"measured":989'));
       require('node:module').syncBuiltinESMExports();`,
    );
    const { code, out, error } = await lab(['run', 'capacity'], { env: { NODE_OPTIONS: `--require ${file}` } });
    expect({ code, error }).toEqual({ code: 1, error: expect.stringMatching(/^✗ capacity {2}3 of 4 agree/) });
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'DIFFERS with 10 reserved ports: 990 slots predicted (ports 40000-40999 − 10 reserved), 989 slots measured (connect() until EADDRNOTAVAIL): off by −1 slots, and nothing is allowed.',
    );
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'please report it with the output of fourtuple lab run capacity --json',
    );
  });

  it('ends with 1 where an experiment breaks off, and says why', async () => {
    const { code, out, error } = await lab(['run', 'capacity'], { env: { PATH: brokenIp(folder, 'bound') } });
    const reason = `ip address add 10.9.9.1/32 dev lo on bound: ${BROKEN_IP}`;
    expect({ code, error }).toEqual({ code: 1, error: `✗ capacity  broke off: ${reason}\n` });
    expect(out).toContain(`  FAILED ${reason}\n`);
    expect(out).toContain('\ncapacity broke off.\n');
  });

  it('says which programs it lacks', async () => {
    const wanted = ['the lab needs unshare, setpriv and ip', 'Install util-linux and iproute2.'];
    for (const there of [[], ['setpriv'], ['setpriv', 'unshare']]) {
      const path = mkdtempSync(join(folder, 'path-'));
      for (const name of there) symlinkSync(findProgram(name) as string, join(path, name));
      const options = { env: { PATH: path } };
      for (const args of [['run'], ['shell', 'capacity']]) {
        const ended = await lab(args, options);
        expect(ended).toEqual({ code: 1, out: '', error: `fourtuple: ${wanted.join('\n')}\n` });
      }
      const list = await lab([], options);
      expect(list).toMatchObject({ code: 0, error: '' });
      expect(list.out.replaceAll(/\s+/g, ' ')).toContain(`None of them can run here: ${wanted.join('. ')}`);
    }
  });

  it('says what keeps it from making namespaces', async () => {
    for (const args of [['run'], ['shell', 'capacity']]) {
      const { code, out, error } = await behind(WITHOUT_NAMESPACES, ['lab', ...args]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(
        /^fourtuple: the lab cannot make network namespaces here\nRun it as root, or allow user namespaces/,
      );
      expect(error).toContain('unshare failed: No space left on device');
    }
    const list = await behind(WITHOUT_NAMESPACES, ['lab', '--json']);
    expect(JSON.parse(list.out)).toMatchObject({ runsAs: null, reason: expect.stringContaining('cannot make') });
  });

  describe('on a terminal', () => {
    needsPrograms('script');

    it('has a line that is written over, and then the result', async () => {
      const command = `${process.execPath} ${PROGRAM} lab run capacity`;
      const { code, out } = await run('script', ['-qefc', command, '/dev/null'], {
        env: { TERM: 'xterm', NO_COLOR: '1' },
      });
      expect(code).toBe(0);
      const shown = out.replaceAll('\u001b', '<');
      expect(shown).toMatch(/[⠋-⠿] capacity {2}.*\r\n<\[J\r<\[1A/u);
      expect(shown).toMatch(/\r<\[1A✓ capacity {2}4 of 4 agree, .*\r\n/);
      expect(out).toMatch(/capacity agrees with its predictions\.\r\n$/);
    });
  });

  describe('as a user', () => {
    needsNobody();

    it('does all of it', async () => {
      const report = await reportOf(NOBODY);
      expectFound(report);
      expect(report.host.runsAs).toBe('user');
      expect((await lab([], NOBODY)).out).toContain('no root needed: fourtuple lab run\n');
    });

    it('disturbs no other one, of whomever', async () => {
      for (const report of await Promise.all([reportOf(NOBODY), reportOf(), reportOf(NOBODY)])) expectFound(report);
    });
  });
});
