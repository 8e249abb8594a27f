import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Findings } from '../../src/agent/agent-view.ts';
import type { HistorySpan, LaneSeries } from '../../src/agent/history/history.ts';
import { type PortMap, PortKind as ServedPortKind } from '../../src/agent/port-map.ts';
import type { Sample } from '../../src/agent/sample.ts';
import type { Report } from '../../src/diagnosis/report.ts';
import type { FindingsJson, PortMapJson, ReportJson, SampleJson, SeriesJson, SpanJson } from '../../web/agent/json.ts';
import { PortKind } from '../../web/agent/port-map.ts';

const PAGE = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const MOST_SCRIPT_BYTES = 60_000;

const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' });
const read = (name: string): string => readFileSync(`${PAGE}${name}`, 'utf8');
const scripts = files.filter((name) => name.endsWith('.js')).map(read);

describe('the built dashboard', () => {
  it('has at most 60 kB of script, compressed', () => {
    const bytes = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
  });

  it('has nothing in it that its content security policy forbids', () => {
    const html = read('index.html');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
    for (const script of scripts) expect(script).not.toMatch(/\beval\(|new Function\(|setAttribute\(["'`]style/);
  });

  it('names no other host', () => {
    const addresses = [
      read('index.html'),
      ...scripts,
      ...files.filter((name) => name.endsWith('.css')).map(read),
    ].flatMap((text) => text.match(/\bhttps?:\/\/[\w.-]+/g) ?? []);
    // Names of XML namespaces, which nobody asks for.
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org']));
  });
});

describe('the JSON that the page reads', () => {
  it('is what the agent answers with: the compiler holds them together', () => {
    const read = {
      sample: (sample: Sample): SampleJson => sample,
      report: (report: Report): ReportJson => report,
      findings: (findings: Findings): FindingsJson => findings,
      ports: (map: PortMap): PortMapJson => map,
      series: (series: LaneSeries): SeriesJson => series,
      span: (span: HistorySpan): SpanJson => span,
    };
    expect(Object.keys(read)).toHaveLength(6);
  });

  it('has the same bytes for the kinds of a port map', () => {
    expect(PortKind).toEqual(ServedPortKind);
  });
});
