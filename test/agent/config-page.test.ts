import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SETTING_NAMES, SETTINGS } from '../../src/agent/config/settings.ts';

const PAGE = fileURLToPath(new URL('../../docs/agent.md', import.meta.url));
const SOURCES = ['agent', 'cli'].map((folder) => fileURLToPath(new URL(`../../src/${folder}`, import.meta.url)));

describe('the page about the agent', () => {
  it('lists every setting', () => {
    const rows = SETTING_NAMES.map((name) => {
      const { initial, help } = SETTINGS[name];
      return `| \`${name}\` | ${initial === '' ? 'none' : `\`${initial}\``} | ${help.replaceAll('|', '\\|')} |\n`;
    }).join('');
    const table = /(\| setting \| default \| what it is \|\n\|---\|---\|---\|\n)((?:\|.*\n)*)/;
    const page = readFileSync(PAGE, 'utf8');
    if (process.env.UPDATE_GOLDEN === '1')
      writeFileSync(
        PAGE,
        page.replace(table, (_, head) => `${head}${rows}`),
      );
    else expect(table.exec(page)?.[2]).toBe(rows);
  });

  it('lists every event that the agent tells by a name of its own', () => {
    const told = SOURCES.flatMap(sourcesIn).flatMap((text) => [
      ...[...text.matchAll(/\bevent: '([a-z-]+)'/g)].map(([, event]) => event),
      ...[...text.matchAll(/\bevent: \w+ \? '([a-z-]+)' : '([a-z-]+)'/g)].flatMap(([, first, second]) => [
        first,
        second,
      ]),
      ...namesIn(text, /type HttpEventCode = ([^;]*)/).map((code) => code),
      ...namesIn(text, /interface HistoryEvent [^}]*?kind: ([^;]*)/).map((kind) => `history-${kind}`),
    ]);
    expect(told.length).toBeGreaterThan(10);
    const [, rows = ''] =
      /\| event \| level \| when \|\n\|---\|---\|---\|\n((?:\|.*\n)*)/.exec(readFileSync(PAGE, 'utf8')) ?? [];
    const cells = rows.split('\n').map((row) => row.split('|')[1] ?? '');
    const listed = cells
      .filter((cell) => !/finding|-over/.test(cell))
      .flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)]);
    expect(listed.map(([, event]) => event).sort()).toEqual([...new Set(told)].sort());
  });
});

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** Those of a union of texts. */
function namesIn(text: string, union: RegExp): string[] {
  return [...(union.exec(text)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(([, name]) => name as string);
}
