import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NamespaceReport, Report } from '../diagnosis/report.ts';
import { formatEndpoint } from '../tcp/lane.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { status } from './status.ts';
import type { StatusFlags } from './status-flags.ts';

const CAPTURE = fileURLToPath(new URL('../../test/fixtures/captures/ss-tanoe.txt', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-status-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** What status prints. */
async function printed(flags: Partial<StatusFlags>): Promise<string> {
  const pieces: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => pieces.push(String(text)) > 0);
  try {
    await status({ owners: 0, ...flags });
  } finally {
    write.mockRestore();
  }
  return pieces.join('');
}

async function reported(flags: Partial<StatusFlags>): Promise<Report> {
  return JSON.parse(await printed({ ...flags, json: true })) as Report;
}

describe('status', () => {
  it('reports a capture as JSON, and reads its own report back the same', async () => {
    const report = await reported({ from: CAPTURE });
    expect(report.namespaces[0]?.lanes.length).toBeGreaterThan(1);
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify(report));
    expect(await reported({ from: file })).toEqual(report);
  });

  it('lists the fullest lanes, as many as are wanted, and those that match', async () => {
    const all = (await reported({ from: CAPTURE })).namespaces[0];
    const [first, second] = all?.lanes ?? [];
    const top = (await reported({ from: CAPTURE, top: 1 })).namespaces[0];
    expect(top?.lanes).toEqual([first]);
    expect(top?.lanesOmitted).toBe((all?.lanes.length ?? 0) - 1);
    const lane = parseLanePattern(formatEndpoint(second?.destination ?? '', second?.port ?? 0));
    const matching = (await reported({ from: CAPTURE, lane })).namespaces[0];
    expect(matching?.lanes).toContainEqual(second);
    for (const { destination, port } of matching?.lanes ?? []) {
      expect([destination, port]).toEqual([second?.destination, second?.port]);
    }
  });

  it('prints a text without colour, and without what moves the cursor, where it is no terminal', async () => {
    vi.stubEnv('FORCE_COLOR', undefined);
    try {
      const text = await printed({ from: CAPTURE });
      expect(text).toMatch(/^a captured machine/);
      expect(text).toContain('LANE');
      expect(text).not.toContain(String.fromCharCode(27));
      expect(text.endsWith('\n') && !text.endsWith('\n\n')).toBe(true);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('reports this machine: the namespace that it is in', async () => {
    const report = await reported({ top: 1 });
    expect(report).toMatchObject({ schema: 1, host: { kernel: expect.any(String) }, findings: [] });
    expect(report.namespaces).toHaveLength(1);
    const { ports, lanes, lanesOmitted, totals, inode } = report.namespaces[0] as NamespaceReport;
    expect(inode).toBeGreaterThan(0);
    expect(ports.size).toBe(ports.high - ports.low + 1);
    expect(ports.usable).toBe(ports.size - ports.reserved - ports.blocked);
    expect(lanes.length + lanesOmitted).toBe(totals.lanes);
  });
});
