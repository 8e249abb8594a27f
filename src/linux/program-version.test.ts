import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needsPrograms } from '../../test/kit/needs.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { haproxyConfiguration, startHaproxy, startNginx } from '../../test/kit/proxies.ts';
import { programVersion } from './program-version.ts';

/** What a program prints about itself. */
function printed(command: string, flag: string, pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(command, [flag], { encoding: 'utf8' });
  const version = pattern.exec(stdout + stderr)?.[1];
  if (version === undefined) throw new Error(`${command} ${flag} prints no version`);
  return version;
}

describe('the version of a program that runs', () => {
  usesPrivateNamespace();

  describe('of nginx', () => {
    needsPrograms('nginx', 'ss');
    it('is what nginx -v prints', async () => {
      const pid = await startNginx(8000, 'server { listen 127.0.0.1:8000; }');
      expect(programVersion(pid)).toBe(printed('nginx', '-v', /nginx version: \w+\/(\S+)/));
    });
  });

  describe('of HAProxy', () => {
    needsPrograms('haproxy', 'ss');
    it('is what haproxy -v prints', async () => {
      const pid = await startHaproxy(8000, haproxyConfiguration('frontend F\nbind 127.0.0.1:8000', ['mode http']));
      const version = printed('haproxy', '-v', /version (\S+)/);
      expect(programVersion(pid)).toBe(version);
      expect(programVersion(pid), 'asked again').toBe(version);
    });
  });
});

describe('an executable', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-'));
  });
  afterEach(async () => {
    if (child !== undefined && child.exitCode === null) {
      const gone = once(child, 'exit');
      if (child.kill('SIGKILL')) await gone;
    }
    child = undefined;
    rmSync(folder, { recursive: true });
  });

  /** Runs a copy of cat under another name, with a text at its end. */
  async function runAs(name: string, text: string): Promise<number> {
    const file = join(folder, name);
    copyFileSync('/bin/cat', file);
    writeFileSync(file, text, { flag: 'a' });
    child = spawn(file, [], { stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');
    return child.pid as number;
  }

  it.each([
    ['nginx', 'nginx version: nginx/1.29.7 (nginx-plus-r36)\n', '1.29.7'],
    ['nginx', 'nginx version: openresty/1.27.1.2\n', '1.27.1.2'],
    ['nginx', 'nginx version: freenginx/1.27.0\n', null],
    ['haproxy', ' version 3.5-dev5-1a2b3c, released 2026/10/01', '3.5-dev5-1a2b3c'],
    ['haproxy', 'nginx version: nginx/1.29.7', null],
    ['haproxy', ' version , released 2026/10/01', null],
    ['another', ' version 3.2.1, released 2026/10/01', null],
  ])('called %s that holds %j', async (name, text, version) => {
    expect(programVersion(await runAs(name, text))).toBe(version);
  });

  it('tells its version when it has been deleted too, as after an upgrade', async () => {
    const pid = await runAs('haproxy', ' version 2.8.3, released 2023/09/08');
    rmSync(join(folder, 'haproxy'));
    expect(programVersion(pid)).toBe('2.8.3');
  });

  it('tells nothing where its process has exited', async () => {
    const pid = await runAs('haproxy', ' version 2.8.3, released 2023/09/08');
    const gone = once(child as ChildProcess, 'exit');
    child?.stdin?.end();
    await gone;
    expect(programVersion(pid)).toBeNull();
  });
});
