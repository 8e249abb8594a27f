import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanReport } from '../../src/plan/answer.ts';
import { importsOf } from '../kit/imports.ts';
import { fourtuple, needsProgram, type RunOptions, reportBy } from '../kit/program.ts';
import { laneReport, namespaceReport, reportOf } from '../kit/reports.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** One lane whose own end closes 150 connections a second, and one of connections that stay. */
const MACHINE = reportOf([
  namespaceReport([
    laneReport(
      ['10.0.0.5', '10.0.1.9', 8080],
      { TIME_WAIT: 9_154 },
      { opensPerSecond: 150, holdSeconds: 0, settlesAt: 0.324246, reuse: false, cliffAt: 14_116 },
    ),
    laneReport(['10.0.0.5', '10.0.1.10', 8080], { ESTABLISHED: 1_000 }, { cliffAt: 14_116 }),
  ]),
]);

/** At its end, the program prints which libraries it has loaded. */
const TELLS_LIBRARIES = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    "process.on('exit', () => process.stderr.write(process.report.getReport().sharedObjects.join()))",
  )}`,
};

async function textOf(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, out, error } = await fourtuple(['plan', ...args], options);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}

async function planOf(args: readonly string[], options: RunOptions = {}): Promise<PlanReport> {
  return JSON.parse(await textOf([...args, '--json'], options)) as PlanReport;
}

describe('fourtuple plan', () => {
  needsProgram();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-plan-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('answers for one lane of a Linux as it comes, and tells how to ask more', async () => {
    const text = await textOf([]);
    expect(text).toContain('28,232 connections at once, 470 opens per second');
    expect(text).toContain('fourtuple plan --clients 4 --proxies 1 --backends 2');
  });

  it("gives the article's own figures for the article's own values", async () => {
    const text = await textOf(['--range', '32768-61000', '--time-wait', '120s']);
    expect(text).toContain('28,233 connections at once, 235 opens per second');
    expect(text).not.toContain('Ask more');
  });

  it('cuts in half what four clients reach through a proxy with two backends', async () => {
    const args = ['--clients', '4', '--proxies', '1', '--backends', '2'];
    expect((await textOf(args, { env: { COLUMNS: '200' } })).replaceAll('\n', ' ')).toContain(
      'at most 56,464 connections at once: half of the 112,928 that client → proxy has room for',
    );
    expect(await planOf(args)).toMatchObject({
      schema: 1,
      exhaustedFirst: 'proxy → backend',
      tiers: [
        { name: 'client → proxy', lanes: 4, concurrency: 112_928 },
        { name: 'proxy → backend', lanes: 2, concurrency: 56_464 },
      ],
    });
  });

  it('tells how full it is, and how far from the cliff and the end', async () => {
    const args = ['--rate', '500', '--hold', '50ms', '--destinations', '2', '--sources', '1'];
    const text = await textOf(args);
    expect(text).toContain('30,025 of 56,464 slots used');
    expect(text).toContain('The cliff: 470 opens/s, 30 less than now');
    expect(text).toContain('The end: 940 opens/s, 440 more than now');
    const { tiers } = await planOf(args);
    expect(tiers).toMatchObject([{ used: 30_025, utilization: 0.5318, sustainableOpensPerSecond: 940.3 }]);
  });

  it('finds the remedies that reach a rate', async () => {
    const { stack } = await planOf(['--rate', '500', '--hold', '50ms', '--target-rate', '5k/s']);
    expect(stack?.remedies.length).toBeGreaterThan(0);
    expect(stack?.sustainableOpensPerSecond).toBeGreaterThanOrEqual(5_000);
  });

  it('calls a higher rate safe where more may be refused', async () => {
    const [few, many] = [await planOf(['--rate', '1']), await planOf(['--rate', '1', '--refusal', '1%'])];
    expect(many.tiers[0]?.safeOpensPerSecond).toBeGreaterThan(few.tiers[0]?.safeOpensPerSecond ?? Infinity);
  });

  it('counts the ports of a gateway', async () => {
    const { tiers } = await planOf(['--sources', '10', '--via', 'aws-nat-gateway', '--via-addresses', '2']);
    expect(tiers).toMatchObject([{ slots: 110_000 }]);
  });

  it('takes reuse with a delay and without one', async () => {
    const [second, short] = [await planOf(['--reuse', '--rate', '9']), await planOf(['--reuse', '100ms'])];
    expect(second.tiers[0]?.afterCloseSeconds).toBe(1);
    expect(short.tiers[0]?.afterCloseSeconds).toBe(0.1);
  });

  it('simulates every connection, the same ones with the same seed', async () => {
    const args = ['--range', '40000-40999', '--rate', '17', '--simulate', '10m', '--runs', '2'];
    const text = await textOf([...args, '--seed', '7']);
    expect(text).toContain('simulated for 10 min, 2 runs from seed 7');
    expect(await textOf([...args, '--seed', '7'])).toBe(text);
    const [one, other] = [await planOf([...args, '--seed', '7']), await planOf([...args, '--seed', '8'])];
    const [first] = one.simulation?.tiers ?? [];
    expect(one.simulation).toMatchObject({ seconds: 600, seed: 7 });
    expect(first).toMatchObject({ tier: 'source → destination', warmUpSeconds: 60 });
    expect(first?.runs).toHaveLength(2);
    expect(first?.runs).not.toEqual(other.simulation?.tiers[0]?.runs);
  });

  it('needs no privilege', async () => {
    expect(await textOf([], { unprivileged: true })).toBe(await textOf([]));
  });

  it('writes a page, and says where', async () => {
    const page = join(folder, 'plan.html');
    const { code, out, error } = await fourtuple(['plan', '--rate', '500', '--html', page]);
    expect({ code, error }).toEqual({ code: 0, error: `The page is in ${page}: open it in a browser.\n` });
    expect(out).toBe(await textOf(['--rate', '500']));
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/i);
    expect(await textOf(['--rate', '500', '--html', '-'])).toBe(readFileSync(page, 'utf8'));
  });

  it('reads a topology from a file, and from standard input', async () => {
    const file = join(folder, 'topology.yaml');
    const text = 'tiers:\n  - name: proxy\n    replicas: 3\n  - name: backend\n    ports: 2\n';
    writeFileSync(file, text);
    expect(await textOf([file])).toBe(await textOf(['-'], { input: text }));
    expect(await planOf([file])).toMatchObject({ tiers: [{ name: 'proxy → backend', lanes: 6 }] });
  });

  it('starts from a machine as it is, of a file and of standard input', async () => {
    const report = JSON.stringify(MACHINE);
    const file = join(folder, 'report.json');
    writeFileSync(file, report);
    const text = await textOf(['--from-status', file]);
    expect(await textOf(['--from-status', '-'], { input: report })).toBe(text);
    expect(text).toMatch(/^proxy\.core · 2026-11-20 12:00:00 UTC\n\n/);
    expect(text).toContain('OK 10.0.0.5 → 10.0.1.9:8080 would give out first, and holds: 9,154 of 28,231 slots');
    expect(text).not.toContain('Ask more');
    expect(text).toMatch(
      /\nnote: How often connections are opened is not known of 10\.0\.0\.5 → 10\.0\.1\.10:8080 \(3\.5%/,
    );
  });

  it('starts from a captured machine', async () => {
    const capture = fileURLToPath(new URL('../fixtures/captures/ss-tanoe.txt', import.meta.url));
    const { lanes } = (await reportBy(['status', '--from', capture])).namespaces[0] ?? { lanes: [] };
    const { out } = await fourtuple(['status', '--from', capture, '--json']);
    const { code, out: answer } = await fourtuple(['plan', '--from-status', '-', '--json'], { input: out });
    expect(code).toBe(0);
    const { tiers } = JSON.parse(answer) as PlanReport;
    expect(lanes.length).toBeGreaterThan(0);
    expect(tiers.map(({ slots }) => slots)).toEqual(lanes.map(({ slots }) => slots));
  });

  it('asks what becomes of a machine with other traffic, and answers in every form', async () => {
    const input = JSON.stringify(MACHINE);
    const args = ['--from-status', '-', '--grow', '4', '--target-rate', '1k/s', '--simulate', '5m', '--runs', '1'];
    const { code, out, error } = await fourtuple(['plan', ...args, '--json'], { input });
    expect({ code, error }).toEqual({ code: 0, error: expect.stringMatching(/^fourtuple: How often .*10\.0\.1\.10/) });
    const { tiers, simulation, stack } = JSON.parse(out) as PlanReport;
    expect(tiers[0]).toMatchObject({ opensPerSecond: 600, slots: 28_231, cliffAt: 14_116 });
    expect(stack).toMatchObject({ tier: '10.0.0.5 → 10.0.1.9:8080', targetOpensPerSecond: 1_000 });
    expect(JSON.stringify(simulation)).toContain('10.0.0.5 → 10.0.1.9:8080');
    const page = await fourtuple(['plan', '--from-status', '-', '--html', '-'], { input });
    expect(page).toMatchObject({ code: 0, out: expect.stringMatching(/^<!doctype html>/i) });
    const grown = await textOf(['--from-status', '-', '--grow', '4'], { input });
    expect(grown).toContain('every rate × 4, as if it were now');
    expect(grown).toContain('CRITICAL 10.0.0.5 → 10.0.1.9:8080 gives out first: 600 opens/s');
  });

  it('calls no C for it: what status needs of Linux is not loaded', async () => {
    const input = JSON.stringify(MACHINE);
    const plan = await fourtuple(['plan', '--from-status', '-'], { input, env: TELLS_LIBRARIES });
    expect(plan).toMatchObject({ code: 0, error: expect.not.stringContaining('koffi') });
    const status = await fourtuple(['status', '--json'], { env: TELLS_LIBRARIES });
    expect(status).toMatchObject({ code: 0, error: expect.stringContaining('koffi') });
  });

  it('multiplies the rates of a file', async () => {
    const input = 'tiers: [{ name: a }, { name: b }]\ntraffic: [{ from: a, to: b, rate: 200/s }]\n';
    expect(await planOf(['-', '--grow', '1.5'], { input })).toMatchObject({ tiers: [{ opensPerSecond: 300 }] });
    expect(await textOf(['-', '--grow', '1.5'], { input })).toMatch(/^every rate × 1\.5/);
  });

  it.each([
    [['--rate', 'fast'], "--rate: 'fast' is not a rate: write 500, 1.5k/s or 30k/m"],
    [['--hold', '5'], "--hold: '5' is not a time: write 50ms, 2s, 1.5m or 2h"],
    [['--sources', '0'], "--sources: '0' is none: write 1 or more"],
    [['--destinations', '1.5'], "--destinations: '1.5' is not a whole number"],
    [['--closes', 'both'], "--closes: 'both' is not an end of a connection: write client or server"],
    [['--refusal', '2'], "--refusal: '2' is no share between none and all"],
    [['--time-wait', 'long'], "--time-wait: 'long' is not a time"],
    [['--range', '1024'], "--range: '1024' is not a port range"],
    [['--via', 'aws'], "There is no gateway 'aws'"],
    [['--clients', '4'], 'add --proxies'],
    [['x.yaml', '--rate', '500'], '--rate describes a topology, and the file does'],
    [['--simulate', '10m'], '--simulate opens connections, and there is no rate'],
    [['--rate', '5', '--simulate', '60s'], 'is too short'],
    [['--runs', '3'], '--runs and --seed go with --simulate'],
    [['--grow', '0'], "--grow: '0' is not how many times as much: write 2 or 1.5"],
    [['--grow', '2'], '--grow multiplies the rates of FILE or of --from-status'],
    [['--from-status', 'x.json', '--rate', '5'], '--grow 2 doubles the rates that are there'],
    [['x.yaml', '--from-status', 'x.json'], '--from-status and FILE exclude each other'],
    [['--rte', '500'], '--rate'],
  ])('ends with 2 and a word of help for wrong use: %j', async (args, words) => {
    const { code, out, error } = await fourtuple(['plan', ...args]);
    expect({ code, out, error }).toEqual({ code: 2, out: '', error: expect.stringContaining(words) });
    expect(error).not.toContain('    at ');
  });

  it.each([
    [['/no/such/file'], '/no/such/file cannot be read'],
    [['/dev/null'], '/dev/null'],
    [['--from-status', '/no/such/file'], '/no/such/file cannot be read'],
    [['--from-status', '-'], 'standard input is empty\nTake one: fourtuple status --json'],
    [['--html', '/no/such/folder/plan.html'], 'the page cannot be written'],
  ])('ends with 1 and the reason where a file is wrong: %j', async (args, words) => {
    const { code, out, error } = await fourtuple(['plan', ...args]);
    expect({ code, out, error }).toEqual({ code: 1, out: '', error: expect.stringContaining(words) });
    expect(error).toMatch(/^fourtuple: /);
    expect(error).not.toContain('    at ');
  });
});

describe('planning', () => {
  it('loads nothing of Linux, at once or later: it runs anywhere', () => {
    const { files, packages } = loadedBy('cli/plan.ts');
    expect(files).toContain('plan/answer.ts');
    expect(files).toContain('diagnosis/report-reader.ts');
    // What makes a report safe to print, and reads its text: no call of the kernel.
    const pure = ['census/capture/lines.ts', 'changes/schema-issue.ts', 'linux/printable.ts'];
    expect(files.filter((file) => /^(linux|census|changes)\//.test(file)).sort()).toEqual(pure);
    expect(packages).not.toContain('koffi');
  });

  it('loads what reads a report or a file only where there is one', () => {
    const { files, packages } = loadedBy('cli/plan.ts', 'at once');
    expect(files.filter((file) => /^(linux|census|changes|diagnosis)\//.test(file))).toEqual([]);
    expect(packages).toEqual([]);
    expect(loadedBy('cli/plan.ts').packages).toEqual(expect.arrayContaining(['valibot', 'yaml']));
  });
});

interface Loaded {
  /** Of src/. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** All that a file of src/ loads, by import() too or `at once`; types are gone when it runs. */
function loadedBy(start: string, when: 'at once' | 'ever' = 'ever'): Loaded {
  const [files, packages] = [[start], new Set<string>()];
  for (const file of files) {
    const source = readFileSync(join(SOURCES, file), 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
    const read = when === 'ever' ? source : source.replaceAll('import(', 'later(');
    for (const specifier of importsOf(read)) {
      const target = join(dirname(file), specifier);
      if (!specifier.startsWith('.')) packages.add(specifier);
      else if (!files.includes(target)) files.push(target);
    }
  }
  return { files, packages: [...packages].filter((name) => !isBuiltin(name)) };
}
