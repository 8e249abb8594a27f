import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LaneSeries } from '../../src/agent/history/history.ts';
import { openHistory } from '../../src/agent/history/open-history.ts';
import { keepHistory, type TestedHistory } from '../kit/histories.ts';
import { NOBODY, needsNobody } from '../kit/nobody.ts';
import { fourtuple, needsProgram, PROGRAM, reportBy, run } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { busyLane, HandClock, namespaceSample } from '../kit/samples.ts';

const SECOND = 1_000;
const ESCAPE = '\u001b';

/** Ten minutes of two namespaces, until now; the fullest lane is exhausted for ten seconds, with refusals. */
async function tenMinutes(): Promise<TestedHistory> {
  const clock = new HandClock();
  clock.wallMs = Math.floor(Date.now() / SECOND) * SECOND - 600 * SECOND;
  const history = await keepHistory({ clock });
  history.take(600, (index) => {
    const isFull = index >= 300 && index < 310;
    const full = busyLane(0, isFull ? 28_109 : 20 * index, { refusedConnects: Math.max(0, Math.min(index - 300, 9)) });
    return [
      namespaceSample([full, busyLane(1, 500)]),
      namespaceSample([busyLane(2, 9_000)], { name: 'web', inode: 5 }),
    ];
  });
  return history;
}

interface HistoryJson {
  readonly schema: number;
  readonly since: string;
  readonly until: string;
  readonly lanes: readonly LaneSeries[];
}

async function historyBy(args: readonly string[]): Promise<HistoryJson> {
  const { code, out, error } = await fourtuple(['history', ...args, '--json']);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return JSON.parse(out) as HistoryJson;
}

describe('a machine as it was', () => {
  needsProgram();

  it('is shown by status --at while the agent writes, and read back by what reads reports', async () => {
    const { file, clock } = await tenMinutes();
    const at = new Date(clock.wallMs - 295 * SECOND).toISOString();
    const flags = ['status', '--history', file, '--at', at];
    const report = await reportBy(flags);
    expect(report).toMatchObject({
      takenAt: at,
      namespaces: [
        { name: 'host', lanes: [{ destination: '10.0.1.1', free: 0, used: 28_231 }, { destination: '10.0.1.2' }] },
        { name: 'web', lanes: [{ destination: '10.0.1.3' }] },
      ],
    });
    const text = await fourtuple(flags);
    expect(text).toMatchObject({ code: 0, error: '' });
    expect(text.out).toContain(`proxy.core · Linux 6.18.44 · ${at.replace('T', ' ').replace('.000Z', ' UTC')}`);
    expect(text.out).toMatch(/10\.0\.0\.5>10\.0\.1\.1:8080 .*100%/);
    const capture = join(temporaryFolder(), 'report.json');
    writeFileSync(capture, JSON.stringify(report));
    expect(await fourtuple(['doctor', '--from', capture])).toMatchObject({ code: 0, error: '' });
  });

  it('is narrowed to the lanes and the namespace that are wanted', async () => {
    const { file } = await tenMinutes();
    const lanes = async (...args: string[]): Promise<string[]> => {
      const { namespaces } = await reportBy(['status', '--history', file, '--at', '1m ago', ...args]);
      return namespaces.flatMap(({ name, lanes }) => lanes.map(({ destination }) => `${name} ${destination}`));
    };
    expect(await lanes('--netns', 'web')).toEqual(['web 10.0.1.3']);
    expect(await lanes('--netns', 'all', '--top', '1')).toEqual(['host 10.0.1.1', 'web 10.0.1.3']);
    expect(await lanes('--lane', '10.0.1.2:*')).toEqual(['host 10.0.1.2']);
    const none = await fourtuple(['status', '--history', file, '--at', '1m ago', '--netns', 'db']);
    expect(none).toMatchObject({
      code: 1,
      error: expect.stringContaining("no namespace 'db' then\nIt holds: host, web."),
    });
  });

  it('is told to be unknown where nothing was recorded, with how far the history reaches', async () => {
    const { file } = await tenMinutes();
    const { code, error } = await fourtuple(['status', '--history', file, '--at', '2h ago']);
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringMatching(
        /nothing was recorded in the two minutes before .*\nThe history reaches from .* to /,
      ),
    });
  });

  it.each([
    [['status', '--at', 'yesterday'], "'yesterday' is no time: write '2026-11-20 03:12'"],
    [['status', '--at', '2099-01-01'], 'is yet to come'],
    [
      ['status', '--at', '2h', '--from', '-'],
      '--at shows what an agent has recorded of this machine: leave out --from',
    ],
    [['status', '--at', '2h', '--watch-closes', '2s'], 'leave out --watch-closes'],
    [['status', '--history', 'x.db'], '--history goes with --at'],
    [['history', '--since', '1h', '--until', '2h'], '--since is not before --until'],
    [['history', '--lane', 'x:http'], "'http' is not a port"],
  ])('wrong use is told: %j', async (args, words) => {
    const { code, out, error } = await fourtuple(args);
    expect({ code, out, error }).toEqual({ code: 2, out: '', error: expect.stringContaining(words) });
  });
});

describe('lanes over time', () => {
  needsProgram();

  it('are listed, the fullest first, by text and as JSON with every row', async () => {
    const { file, clock } = await tenMinutes();
    const { code, out, error } = await fourtuple(['history', '--history', file], {
      env: { COLUMNS: '120', TZ: 'UTC' },
    });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const lines = out.split('\n').filter((line) => line.includes('>10.0.'));
    expect(lines.map((line) => /\S+: \S+/.exec(line)?.[0])).toEqual([
      'host: 10.0.0.5>10.0.1.1:8080',
      'web: 10.0.0.5>10.0.1.3:8080',
      'host: 10.0.0.5>10.0.1.2:8080',
    ]);
    expect(lines[0]).toMatch(/█.* 100% +28,231 +468 +9 +\d\d:\d\d:\d\d$/);
    expect(out).not.toContain(ESCAPE);
    const json = await historyBy(['--history', file]);
    expect(json).toMatchObject({ schema: 1, until: expect.stringMatching(/Z$/) });
    expect(json.lanes.map(({ times }) => times.length)).toEqual([600, 600, 600]);
    expect(json.lanes[0]?.refusedConnects.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(9);
    expect(Date.parse(json.until)).toBeGreaterThanOrEqual(clock.wallMs);
  });

  it('of one lane are shown step by step, as many as fill a screen', async () => {
    const { file } = await tenMinutes();
    const { out } = await fourtuple(['history', '--history', file, '--lane', '10.0.1.1:8080'], {
      env: { COLUMNS: '80' },
    });
    const rows = out.split('\n').filter((line) => /^\d\d:\d\d:\d\d /.test(line));
    expect(rows.length).toBeGreaterThanOrEqual(20);
    expect(rows.length).toBeLessThanOrEqual(30);
    // The ten seconds may be in two steps.
    expect([1, 2]).toContain(rows.filter((line) => line.includes('100%')).length);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('are those of a namespace and a time', async () => {
    const { file } = await tenMinutes();
    const web = await historyBy(['--history', file, '--netns', 'web', '--since', '2m', '--until', '1m ago']);
    expect(web.lanes).toMatchObject([{ namespace: 'web', port: 8080 }]);
    expect(web.lanes[0]?.times.length).toBeGreaterThan(55);
    expect(web.lanes[0]?.times.length).toBeLessThanOrEqual(61);
    expect((await historyBy(['--history', file, '--since', '3d', '--until', '2d'])).lanes).toEqual([]);
  });

  it('lie where the agent keeps its state, and are said to be missing where no agent ran', async () => {
    const folder = temporaryFolder();
    const env = { FOURTUPLE_STATE_DIRECTORY: folder };
    for (const args of [['history'], ['status', '--at', '1m ago']]) {
      const { code, error } = await fourtuple(args, { env });
      expect({ code, error }).toEqual({
        code: 1,
        error: expect.stringContaining(`no history '${join(folder, 'agent/history.db')}'`),
      });
      expect(error).toContain('fourtuple agent records one; --history FILE names one');
    }
    const store = await openHistory({ file: join(folder, 'agent/history.db'), mostBytes: 1e7 }, () => {});
    store?.close();
    expect((await fourtuple(['history'], { env })).out).toContain('The history is empty');
  });
});

describe('a history that is not for everybody', () => {
  needsProgram();
  needsNobody();

  it('is told to be so, and by whom it can be read; what may be read is read', async () => {
    const { file, store, clock, take } = await tenMinutes();
    chmodSync(dirname(file), 0o755);
    const refused = await fourtuple(['history', '--history', file], NOBODY);
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('may not be read\nRead it as the user that the agent runs as'),
    });
    chmodSync(file, 0o644);
    expect((await fourtuple(['history', '--history', file], NOBODY)).error).toContain('may not be read');
    for (const end of ['-wal', '-shm']) chmodSync(file + end, 0o644);
    const whileWritten = await fourtuple(['history', '--history', file], NOBODY);
    expect(whileWritten).toMatchObject({ code: 0, error: '', out: expect.stringContaining('10.0.0.5>10.0.1.1:8080') });
    take(1, () => [namespaceSample([busyLane(0, 1)])]);
    expect(clock.wallMs).toBeGreaterThan(0);
    store.close();
    const afterwards = await fourtuple(['history', '--history', file], NOBODY);
    expect(afterwards).toMatchObject({ code: 0, error: '', out: expect.stringContaining('10.0.0.5>10.0.1.1:8080') });
    expect(readdirSync(dirname(file)).sort()).toEqual(['history.db', 'history.db.lock']);
  });
});

describe('without the library that SQLite is in', () => {
  needsProgram();

  /** The program where that library is there in name only. */
  function incomplete(): string {
    const [root, folder] = [join(dirname(PROGRAM), '../..'), temporaryFolder()];
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    mkdirSync(join(folder, 'node_modules/libsql'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/libsql/package.json'), '{ "name": "libsql", "main": "index.js" }');
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name === 'libsql' || name.startsWith('.')) continue;
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
    return join(folder, 'dist/cli/main.js');
  }

  it('it is said how to get it', async () => {
    const { file } = await tenMinutes();
    const { code, out, error } = await run(process.execPath, [incomplete(), 'history', '--history', file]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('the history needs the package libsql, which is not installed');
    expect(error).toContain('npm install --include=optional');
  });
});
