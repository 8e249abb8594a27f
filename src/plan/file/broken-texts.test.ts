import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../../tcp/error.ts';
import { readTopology } from './read-topology.ts';

const FIXTURES = new URL('../../../test/fixtures/topologies/', import.meta.url);

/** Parts of files that mean something where they do not belong, and what text may hold besides. */
const FRAGMENTS = ['*a', '&a ', '\t', '\n', '\r\n', '  ', '- ', ': ', '{', '}', '[', ']', ', ', '"', "'", '#', '|', '>']
  .concat([
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '!!int ',
    '!<a> ',
    '<<: *a\n',
    '? ',
    '~',
    'null',
    '-1',
    '1e999',
    '0x1',
    '.nan',
  ])
  .concat([
    '\u0000',
    '\u001B[2J',
    '\uD800',
    '\uFFFD',
    '\u2028',
    '𝟙',
    '__proto__: 1\n',
    'constructor: 1\n',
    'name: proxy\n',
  ]);

const anyMutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.constant(0), fc.nat(30)),
  inserted: fc.oneof(fc.constantFrom('', ...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 5 })),
});

describe('a topology file in which something is wrong', () => {
  const texts = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES), 'utf8'));

  it('is read, or each of its mistakes has a place within it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(anyMutation, { minLength: 1, maxLength: 4 }),
        (text, mutations) => {
          expectReadOrRefused(mutations.reduce(mutate, text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is read or refused so whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary' }))), (parts) => {
        expectReadOrRefused(parts.join(''));
      }),
      { numRuns: 1_000 },
    );
  });
});

function mutate(text: string, { at, removed, inserted }: { at: number; removed: number; inserted: string }): string {
  const offset = Math.floor(at * text.length);
  return text.slice(0, offset) + inserted + text.slice(offset + removed);
}

function expectReadOrRefused(text: string): void {
  let message = '';
  try {
    readTopology(text, 'any.yaml');
    return;
  } catch (error) {
    if (!(error instanceof FourtupleError) || error.code !== 'FT_TOPOLOGY') throw error;
    message = error.message;
  }
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const mistake of message.replace(/\nand more$/, '').split('\n')) {
    const [, line, column] = /^any\.yaml:(\d+):(\d+): [\P{C}]+$/u.exec(mistake) ?? [];
    expect(mistake).toMatch(/^any\.yaml:\d+:\d+: \S/);
    expect(Number(line)).toBeGreaterThan(0);
    const width = [...(lines[Number(line) - 1] ?? '')].length;
    expect(Number(column)).toBeGreaterThan(0);
    expect(Number(column)).toBeLessThanOrEqual(width + 1);
  }
}
