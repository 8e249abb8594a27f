import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needsPrograms } from '../kit/needs.ts';
import { UNIT, UNITS } from '../kit/own-systemd.ts';
import { run } from '../kit/program.ts';

const PAGE = fileURLToPath(new URL('../../docs/agent.md', import.meta.url));
const DROP_INS = readdirSync(join(UNITS, `${UNIT}.d`))
  .map((file) => file.replace('.conf', ''))
  .sort();
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
    expect(DROP_INS).toEqual(['netns', 'remote', 'tracing']);
  });

  it('is hardened, with each drop-in too, as docs/agent.md says', async () => {
    const rows: string[] = [];
    for (const dropIns of [[], ...DROP_INS.map((name) => [name]), DROP_INS]) {
      const args = ['security', '--offline=yes', `--threshold=${THRESHOLD}`, '--no-pager', install(dropIns)];
      const { code, out, error } = await run('systemd-analyze', args);
      expect({ dropIns, code, error }).toEqual({ dropIns, code: 0, error: '' });
      const which = dropIns.length === DROP_INS.length ? 'with all of them' : `with \`${dropIns[0]}.conf\``;
      const exposure = /exposure level for .*: ([\d.]+ \w+)/.exec(out)?.[1];
      rows.push(`| ${dropIns.length === 0 ? 'alone' : which} | ${exposure} |\n`);
      rmSync(join(folder, `${UNIT}.d`), { recursive: true, force: true });
    }
    const table = /(\| unit \| `systemd-analyze security` \(systemd (\d+)\) \|\n\|---\|---\|\n)((?:\|.*\n)*)/;
    const page = readFileSync(PAGE, 'utf8');
    const [, head = '', version, listed] = table.exec(page) ?? [];
    // Each version weighs in its own way.
    if (!(await run('systemd-analyze', ['--version'])).out.startsWith(`systemd ${version} `)) return;
    if (process.env.UPDATE_GOLDEN === '1')
      writeFileSync(
        PAGE,
        page.replace(table, () => head + rows.join('')),
      );
    else expect(listed).toBe(rows.join(''));
  });

  it.each([[[]], [DROP_INS]])('is one that systemd understands, with %j', async (dropIns) => {
    const file = install(dropIns);
    // The program need not be installed here.
    writeFileSync(file, readFileSync(file, 'utf8').replace('ExecStart=fourtuple', `ExecStart=${process.execPath}`));
    expect(await run('systemd-analyze', ['verify', file])).toEqual({ code: 0, out: '', error: '' });
  });
});
