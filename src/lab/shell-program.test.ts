import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellProgram } from './shell-program.ts';

describe('the shell of a lab', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-shell-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    [{}],
    [{ SHELL: '' }],
    [{ SHELL: 'sh' }],
    [{ SHELL: '/no/such/shell' }],
    [{ SHELL: '/usr/sbin/nologin' }],
    [{ SHELL: '/bin/false' }],
  ])('is /bin/sh where the reader has none that serves: %j', (environment) => {
    const { command, environment: own } = shellProgram(folder, environment);
    expect(command).toEqual(['/bin/sh']);
    expect(own.PS1).toContain('fourtuple-lab');
  });

  it('has the prompt after what the configuration of bash sets', () => {
    const { command } = shellProgram(folder, { SHELL: '/bin/bash', HOME: '/no/such/home' });
    expect(command).toEqual(['/bin/bash', '--rcfile', join(folder, 'bashrc')]);
    expect(readFileSync(join(folder, 'bashrc'), 'utf8')).toMatch(/\.bashrc\n.*PS1='fourtuple-lab [^']*'\n$/s);
  });

  it('has a prompt of its own where that is another language', () => {
    // Any program that can be started, in place of one that may not be installed.
    expect(shellProgram(folder, { SHELL: process.execPath }).environment).not.toHaveProperty('PS1');
  });

  it('finds what administrators have, and keeps the rest', () => {
    expect(shellProgram(folder, { PATH: '/opt/bin:/sbin', TERM: 'xterm' }).environment).toMatchObject({
      PATH: '/opt/bin:/sbin:/usr/sbin',
      TERM: 'xterm',
    });
    expect(shellProgram(folder, {}).environment.PATH).toBe('/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin');
  });
});
