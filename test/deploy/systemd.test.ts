import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needsPrograms } from '../kit/needs.ts';
import { UNIT, UNITS } from '../kit/own-systemd.ts';
import { run } from '../kit/program.ts';

const DROP_INS = readdirSync(join(UNITS, `${UNIT}.d`)).map((file) => file.replace('.conf', ''));
/** Ten times the exposure: at 4.0 or better (systemd-analyze(1)). */
const THRESHOLD = 40;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-units-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The unit with these drop-ins, as it would be installed. @returns its file */
function install(dropIns: readonly string[]): string {
  cpSync(join(UNITS, UNIT), join(folder, UNIT));
  for (const name of dropIns) cpSync(join(UNITS, `${UNIT}.d`, `${name}.conf`), join(folder, `${UNIT}.d/${name}.conf`));
  return join(folder, UNIT);
}

describe('the unit', () => {
  needsPrograms('systemd-analyze');

  it('comes with these drop-ins', () => {
    expect(DROP_INS.sort()).toEqual(['netns', 'remote', 'tracing']);
  });

  it.each([[[]], ...DROP_INS.map((name) => [[name]]), [DROP_INS]])('is hardened with %j', async (dropIns) => {
    const args = ['security', '--offline=yes', `--threshold=${THRESHOLD}`, '--no-pager', install(dropIns)];
    const { code, out, error } = await run('systemd-analyze', args);
    expect({ code, error, exposure: Number(/exposure level for .*: ([\d.]+)/.exec(out)?.[1]) }).toEqual({
      code: 0,
      error: '',
      exposure: expect.toSatisfy((exposure: number) => exposure < 3),
    });
  });

  it.each([[[]], [DROP_INS]])('is one that systemd understands, with %j', async (dropIns) => {
    const file = install(dropIns);
    // The program need not be installed here.
    writeFileSync(file, readFileSync(file, 'utf8').replace('ExecStart=fourtuple', `ExecStart=${process.execPath}`));
    expect(await run('systemd-analyze', ['verify', file])).toEqual({ code: 0, out: '', error: '' });
  });
});
