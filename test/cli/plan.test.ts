import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanReport } from '../../src/plan/answer.ts';
import { importsOf } from '../kit/imports.ts';
import { fourtuple, needsProgram, type RunOptions } from '../kit/program.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

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
    expect(one.simulation).toMatchObject({ tier: 'source → destination', seconds: 600, warmUpSeconds: 60, seed: 7 });
    expect(one.simulation?.runs).toHaveLength(2);
    expect(one.simulation?.runs).not.toEqual(other.simulation?.runs);
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
    [['--rte', '500'], '--rate'],
  ])('ends with 2 and a word of help for wrong use: %j', async (args, words) => {
    const { code, out, error } = await fourtuple(['plan', ...args]);
    expect({ code, out, error }).toEqual({ code: 2, out: '', error: expect.stringContaining(words) });
    expect(error).not.toContain('    at ');
  });

  it.each([
    [['/no/such/file'], '/no/such/file cannot be read'],
    [['/dev/null'], '/dev/null'],
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
    const loaded = loadedBy('cli/plan.ts');
    expect(loaded).toContain('plan/answer.ts');
    expect(loaded.filter((file) => /^(linux|census|changes)\//.test(file))).toEqual([]);
  });
});

/** Every file of src/ that this one loads, by import() too; types are gone when it runs. */
function loadedBy(start: string): string[] {
  const files = [start];
  for (const file of files) {
    const source = readFileSync(join(SOURCES, file), 'utf8').replace(/^(?:import|export) type [^;]*;/gm, '');
    for (const specifier of importsOf(source)) {
      const target = join(dirname(file), specifier);
      if (specifier.startsWith('.') && !files.includes(target)) files.push(target);
    }
  }
  return files;
}
