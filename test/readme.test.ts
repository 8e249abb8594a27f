import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULES } from '../src/diagnosis/rules.ts';
import { REMEDIES } from '../src/remedies/catalog.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** What stands in code in the first column of the table with this heading. */
function namesOf(heading: string): string[] {
  const [, table = ''] = README.split(`\n| ${heading} |`);
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

describe('the README', () => {
  it('names every finding, and no other', () => {
    expect(namesOf('finding').sort()).toEqual(RULES.map(({ code }) => code).sort());
  });

  it('names every remedy, and no other', () => {
    expect(namesOf('remedy').sort()).toEqual(REMEDIES.map(({ id }) => id).sort());
  });
});
