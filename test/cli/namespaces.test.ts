import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NamespaceReport, Report } from '../../src/diagnosis/report.ts';
import { hold, serve } from '../kit/connections.ts';
import { ip } from '../kit/ip-command.ts';
import { createNamespace, currentNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, reportBy } from '../kit/program.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { setPortRange } from '../kit/sysctl.ts';

const NAME = `fourtuple-${process.pid}-web`;

describe('two namespaces with the same addresses', () => {
  usesPrivateNamespace();
  needsProgram();
  let other: NetworkNamespace;
  /** In the other namespace. */
  let pid: number;
  const names: string[] = [];

  function nameIt(name: string): void {
    ip(`netns attach ${name} ${pid}`);
    names.push(name);
  }

  beforeEach(async () => {
    setPortRange(40_000, 40_099);
    hold(30, serve('127.0.0.1', 9000));
    other = createNamespace();
    pid = await inside(other, () => {
      setPortRange(50_000, 50_199);
      const [first] = hold(11, serve('127.0.0.1', 9000));
      return first === undefined ? 0 : shareWithProcess(first.client);
    });
  });
  afterEach(() => {
    for (const name of names.splice(0)) ip(`netns delete ${name}`);
  });

  const here = { inode: expect.any(Number), ports: { low: 40_000 }, lanes: [{ used: 30, slots: 100 }] };
  const there = { ports: { low: 50_000 }, lanes: [{ source: '127.0.0.1', used: 11, slots: 200, free: 189 }] };

  it('are told apart by --netns: a PID, a path or a name', async () => {
    expect((await reportBy([])).namespaces).toMatchObject([here]);
    expect((await reportBy(['--netns', `${process.pid}`])).namespaces).toMatchObject([here]);
    for (const reference of [`${pid}`, `/proc/${pid}/ns/net`]) {
      const { namespaces } = await reportBy(['--netns', reference]);
      expect(namespaces).toMatchObject([{ ...there, inode: other.inode, name: null }]);
    }
    nameIt(NAME);
    for (const reference of [NAME, `/run/netns/${NAME}`, `${pid}`]) {
      const { namespaces } = await reportBy(['-n', reference]);
      expect(namespaces).toMatchObject([{ ...there, inode: other.inode, name: NAME }]);
    }
    const { out } = await fourtuple(['-n', NAME]);
    expect(out).toContain(`${NAME}: ports 50000-50199, all 200 usable`);
  });

  it('have their owners told, also of the other one', async () => {
    const [namespace] = (await reportBy(['--netns', `${pid}`, '--owners', '30s'])).namespaces;
    const processes = namespace?.lanes[0]?.processes ?? [];
    expect(processes.map((one) => one.pid)).toContain(process.pid);
  });

  it('are both there with --all, this one first', async () => {
    nameIt(NAME);
    const { inode } = currentNamespace();
    const { out, code } = await fourtuple(['--all', '--json']);
    expect(code).toBe(0);
    const { namespaces }: Report = JSON.parse(out);
    expect(namespaces[0]).toMatchObject({ ...here, inode });
    expect(ofInode(namespaces, other.inode)).toMatchObject([{ ...there, name: NAME }]);
    expect(ofInode(namespaces, inode)).toHaveLength(1);
    const text = (await fourtuple(['-a'])).out;
    const from = (words: string): string => text.slice(text.indexOf(words));
    expect(from(': ports 40000-40099')).toMatch(/127\.0\.0\.1>127\.0\.0\.1:9000 .* 30 +100 +70 /);
    expect(from(`${NAME}: ports 50000-50199`)).toMatch(/127\.0\.0\.1>127\.0\.0\.1:9000 .* 11 +200 +189 /);
  });

  it('are looked at from a third one without a trace of it', async () => {
    const { inode, path } = createNamespace();
    const { namespaces } = await inside(other, () => reportBy(['--netns', path]));
    expect(namespaces).toMatchObject([{ inode, lanes: [], totals: { used: 0 } }]);
  });

  it('are refused by name where there is none, and the nearest names are told', async () => {
    nameIt(NAME);
    const { code, out, error } = await fourtuple(['--netns', NAME.replace('web', 'wbe')]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(
      new RegExp(`^fourtuple: there is no network namespace '${NAME.replace('web', 'wbe')}'; there are: .*${NAME}`),
    );
  });

  it('are gone with their name', async () => {
    nameIt(NAME);
    expect((await fourtuple(['--netns', NAME])).code).toBe(0);
    for (const name of names.splice(0)) ip(`netns delete ${name}`);
    const { code, error } = await fourtuple(['--netns', NAME]);
    expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining('there is no network namespace') });
  });
});

function ofInode(namespaces: readonly NamespaceReport[], inode: number): NamespaceReport[] {
  return namespaces.filter((namespace) => namespace.inode === inode);
}

describe('namespaces that come and go while they are looked at', () => {
  usesPrivateNamespace();
  needsProgram();
  const children: ChildProcess[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) {
      const gone = once(child, 'exit');
      process.kill(-(child.pid as number), 'SIGKILL');
      await gone;
    }
  });

  it('do not keep --all from the others', { timeout: 60_000 }, async () => {
    const other = createNamespace();
    const pid = await inside(other, () => shareWithProcess(...hold(3, serve('127.0.0.1', 9000)).map((c) => c.client)));
    expect(pid).toBeGreaterThan(0);
    for (let count = 0; count < 2; count += 1) {
      children.push(spawn('sh', ['-c', 'while :; do unshare -n true; done'], { stdio: 'ignore', detached: true }));
    }
    for (let run = 0; run < 6; run += 1) {
      const { code, out, error } = await fourtuple(['--all', '--json']);
      expect(code, error).toBe(0);
      const { namespaces }: Report = JSON.parse(out);
      expect(ofInode(namespaces, other.inode)).toMatchObject([{ totals: { used: 3 } }]);
      for (const line of error.split('\n').filter(Boolean)) expect(line).toMatch(/^fourtuple: /);
    }
  });
});
