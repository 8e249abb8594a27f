import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hold, serve } from '../kit/connections.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, reportBy, run } from '../kit/program.ts';
import { setPortRange } from '../kit/sysctl.ts';

const CAPTURE = fileURLToPath(new URL('../fixtures/captures/ss-tanoe.txt', import.meta.url));

/** Runs a pipeline of the shell, in which `fourtuple` is the program; it ends as the first part that fails does. */
function pipeline(text: string): Promise<Run> {
  return run('bash', [
    '--norc',
    '-c',
    `fourtuple() { '${process.execPath}' '${PROGRAM}' "$@"; }; set -o pipefail; ${text}`,
  ]);
}

describe('fourtuple in a pipeline', () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('bash');

  it.each([
    ['--json --top all', 'head -n 1', '{\n'],
    ['--json --top all', 'head -c 100000 | wc -c', '100000\n'],
    ['--top all', 'head -n 400 | wc -l', '400\n'],
    ['--json --top all', 'true', ''],
    ['--help', 'true', ''],
  ])('ends quietly where its reader has enough: %s | %s', async (args, reader, out) => {
    // A quarter of a megabyte of JSON: more than a pipe holds.
    setPortRange(40_000, 40_999);
    for (let port = 9000; port < 9700; port += 1) hold(1, serve('127.0.0.1', port));
    expect(await pipeline(`fourtuple ${args} | ${reader}`)).toEqual({ code: 0, out, error: '' });
  });

  it('ends quietly where nobody reads its warnings', async () => {
    expect(await pipeline('{ fourtuple --netns no-such-name 2>&1 >&3 | true; } 3>&1')).toMatchObject({ out: '' });
  });

  it('says that its output cannot be written where the disk is full', async () => {
    const { code, out, error } = await pipeline('fourtuple --json > /dev/full');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(/^fourtuple: the output cannot be written: ENOSPC/);
    expect(error).not.toContain('    at ');
  });

  it('writes all of a large report to a slow reader', async () => {
    setPortRange(40_000, 40_999);
    for (let port = 9000; port < 9700; port += 1) hold(1, serve('127.0.0.1', port));
    const { code, out, error } = await pipeline('fourtuple --json --top all | { sleep 0.3; cat; }');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(JSON.parse(out).namespaces[0].lanes).toHaveLength(700);
  });

  describe('reads with --from -', () => {
    it('a capture from standard input, the same as from the file', async () => {
      const piped = await reportBy(['--from', '-'], { input: readFileSync(CAPTURE, 'utf8') });
      const { namespaces } = await reportBy(['--from', CAPTURE]);
      expect(piped.namespaces).toEqual(namespaces);
      expect(piped).toMatchObject({ takenAt: null, host: { name: null } });
    });

    it('what comes late and in pieces', async () => {
      const { code, out, error } = await pipeline(
        `{ sleep 0.2; head -n 9 '${CAPTURE}'; sleep 0.1; tail -n +10 '${CAPTURE}'; } | fourtuple --from - --json`,
      );
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(JSON.parse(out).namespaces).toEqual((await reportBy(['--from', CAPTURE])).namespaces);
    });

    it('its own report, unchanged', async () => {
      setPortRange(40_000, 40_099);
      hold(20, serve('127.0.0.1', 9000));
      hold(12, serve('127.0.0.1', 9001), { from: '127.0.0.3', boundBefore: true });
      const report = await reportBy([]);
      expect(await reportBy(['--from', '-'], { input: JSON.stringify(report) })).toEqual(report);
    });

    it('nothing, and says so', async () => {
      const { code, out, error } = await fourtuple(['--from', '-']);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^fourtuple: standard input is no capture that can be read: it is empty\n/);
    });

    describe('ss', () => {
      needsPrograms('ss');

      it('as it counts the same machine now', async () => {
        setPortRange(40_000, 40_099);
        hold(20, serve('127.0.0.1', 9000));
        hold(7, serve('::1', 9001));
        const [live] = (await reportBy([])).namespaces;
        const { code, out } = await pipeline('ss -tanoe | fourtuple --from - --range 40000-40099 --json');
        const [captured] = JSON.parse(out).namespaces;
        expect(code).toBe(0);
        const untold = { processes: [], unit: null, network: null, reuse: null };
        const lanes = live?.lanes.map((lane) => ({ ...lane, ...untold }));
        expect(captured).toMatchObject({ ports: live?.ports, totals: live?.totals, lanes });
      });
    });
  });
});
