import { existsSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { hold, serve } from '../kit/connections.ts';
import { everything, type FixState, fix, fixReport, newFixState } from '../kit/fixing.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM, run } from '../kit/program.ts';
import { readSysctl, writeSysctl } from '../kit/sysctl.ts';

const REMEDIES = ['tcp-tw-reuse', 'lower-fin-timeout', 'wider-range'];

describe('fourtuple fix --undo', () => {
  usesPrivateNamespace();
  needsProgram();

  let state: FixState;
  let before: Record<string, string>;
  beforeEach(() => {
    state = newFixState();
    hold(1, serve('127.0.0.1', 9000));
    before = everything(state);
  });

  async function applyAll(): Promise<void> {
    for (const remedy of REMEDIES) await fixReport(state, 'applied', remedy, '--apply', '--observe', '0');
  }

  const idsOf = async (...args: string[]): Promise<number[]> =>
    (await fixReport(state, 'undone', ...args)).undone.map(({ id }) => id);

  it('takes back what was applied last, then what was before', async () => {
    await applyAll();
    expect(await idsOf('--undo')).toEqual([3]);
    expect(await idsOf('--undo')).toEqual([2]);
    expect(await idsOf('--undo')).toEqual([1]);
    expect(everything(state)).toMatchObject(before);
  });

  it('takes back the entry with a number, and the others stay', async () => {
    await applyAll();
    const { code, out, error } = await fix(state, '--undo', '2');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^Entry 2 \(lower-fin-timeout in .*\) is taken back:\n {2}tcp_fin_timeout {2}15 → 60\n$/);
    expect([readSysctl('ipv4.tcp_fin_timeout'), readSysctl('ipv4.tcp_tw_reuse')]).toEqual(['60', '1']);
    const again = await fix(state, '--undo', '2');
    expect(again).toMatchObject({ code: 0, error: '' });
    expect(again.out).toMatch(/^Nothing to take back: entry 2 \(lower-fin-timeout\) was taken back on .* UTC\.\n$/);
  });

  it('takes back all, the newest first', async () => {
    await applyAll();
    expect(await idsOf('--undo', 'all')).toEqual([3, 2, 1]);
    expect(everything(state)).toMatchObject(before);
  });

  it.each([['--undo'], ['--undo', 'all']])(
    'has nothing to do where nothing is applied, and makes no journal: %s %s',
    async (...args) => {
      const nothing = { code: 0, error: '', out: 'Nothing to take back: no change of fourtuple is in force.\n' };
      expect(await fix(state, ...args)).toEqual(nothing);
      expect(existsSync(state.directory)).toBe(false);
    },
  );

  it('says that a setting was as before already', async () => {
    await applyAll();
    writeSysctl('ipv4.tcp_tw_reuse', 2);
    const { out } = await fix(state, '--undo', '1');
    expect(out).toMatch(/^Entry 1 .* is taken back:\n {2}tcp_tw_reuse {2}2 already\n$/);
  });

  it('refuses where another has changed it since, with all values; --force restores it', async () => {
    await applyAll();
    writeSysctl('ipv4.tcp_fin_timeout', 33);
    const refused = await fix(state, '--undo', '2');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.error).toMatch(/entry 2 \(lower-fin-timeout\) is not taken back: .*'33'.*'15'.*'60'/);
    expect(refused.error).toContain('fourtuple fix --undo 2 --force');
    expect(readSysctl('ipv4.tcp_fin_timeout')).toBe('33');
    expect(await idsOf('--undo', '2', '--force')).toEqual([2]);
    expect(readSysctl('ipv4.tcp_fin_timeout')).toBe('60');
  });

  it('goes on after one that it refuses, says which, and fails', async () => {
    await applyAll();
    writeSysctl('ipv4.tcp_fin_timeout', 33);
    const { code, out, error } = await fix(state, '--undo', 'all', '--json');
    expect(code).toBe(1);
    expect(error).toContain('fourtuple: entry 2 (lower-fin-timeout) is not taken back');
    expect(JSON.parse(out)).toMatchObject({
      undone: [{ id: 3 }, { id: 1 }],
      failed: [{ id: 2, code: 'FT_CHANGED', message: expect.stringContaining("'33'") }],
    });
    writeSysctl('ipv4.tcp_fin_timeout', 60);
    expect(await idsOf('--undo')).toEqual([2]);
    expect(everything(state)).toMatchObject(before);
  });

  it('closes the entry of a namespace that has gone, and says so', async () => {
    const apply = [process.execPath, PROGRAM, 'fix', 'tcp-tw-reuse', '--apply', '--observe', '0'];
    expect(await run('unshare', ['--net', ...apply], state.options)).toMatchObject({ code: 0 });
    expect((await fix(state)).out).toMatch(/tcp_tw_reuse 2 → 1\n +its namespace has gone, and the change with it\n/);
    const { code, out, error } = await fix(state, '--undo');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/^Entry 1 .* is closed: its namespace is there no more/);
    expect((await fixReport(state, 'list')).applied).toEqual([]);
    expect(everything(state)).toMatchObject(before);
  });

  it('names what can be taken back where the number is unknown', async () => {
    await applyAll();
    const { code, out, error } = await fix(state, '--undo', '7');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toBe(
      'fourtuple: there is no entry 7 in the journal\nWhat can be taken back: 3 (wider-range), 2 (lower-fin-timeout), 1 (tcp-tw-reuse).\n',
    );
  });

  it('keeps to a namespace where one is named', async () => {
    await applyAll();
    const other = createNamespace();
    inside(other, () => hold(1, serve('127.0.0.1', 9000)));
    await fixReport(state, 'applied', 'tcp-tw-reuse', '--netns', other.path, '--apply', '--observe', '0');
    const path = `/proc/${process.pid}/ns/net`;
    expect(await idsOf('--undo', '--netns', path)).toEqual([3]);
    expect(await idsOf('--undo', 'all', '--netns', path)).toEqual([2, 1]);
    expect(everything(state)).toMatchObject(before);
    expect(inside(other, () => readSysctl('ipv4.tcp_tw_reuse'))).toBe('1');
    expect(await fix(state, '--undo', '--netns', path)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing/),
    });
  });
});
