import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildObjects, clangVersion } from '../../scripts/build-bpf.mjs';
import { CHOICE, CORRECTION, COUNTS, ENDPOINT, LANE, RULE, SETTINGS, TICKS } from '../../src/linux/spread-layout.ts';
import { needsPrograms } from '../kit/needs.ts';
import { ObjectTypes } from '../kit/object-types.ts';

const FOLDER = fileURLToPath(new URL('../../bpf/', import.meta.url));
const OBJECTS = readdirSync(FOLDER).filter((name) => name.endsWith('.bpf.o'));

it('there is an object of each eBPF program', () => {
  const sources = readdirSync(FOLDER).filter((name) => name.endsWith('.bpf.c'));
  expect(OBJECTS).toEqual(['spread-destinations.bpf.o', 'spread-sources.bpf.o']);
  expect(OBJECTS).toEqual(sources.map((name) => name.replace(/c$/, 'o')));
});

it.each(OBJECTS)('no path of a machine is in %s', (name) => {
  const text = readFileSync(join(FOLDER, name), 'latin1');
  // Type information has file names, each ended by a zero.
  const paths = text.match(/[\w./-]+\.[ch](?=\0)/g) ?? [];
  expect(paths).not.toEqual([]);
  expect(paths.filter((path) => path.startsWith('/'))).toEqual([]);
});

describe('a rebuild', () => {
  needsPrograms('clang', 'llvm-strip');

  it('gives the bytes that are committed', ({ skip }) => {
    const [before, now] = [readFileSync(join(FOLDER, 'built-with.txt'), 'utf8').trim(), `clang ${clangVersion()}`];
    if (before !== now) skip(`the objects were built with ${before}, and this is ${now}`);
    const folder = mkdtempSync(join(tmpdir(), 'fourtuple-bpf-'));
    try {
      expect(buildObjects(folder)).toEqual(OBJECTS);
      for (const name of OBJECTS) {
        expect(readFileSync(join(folder, name)).equals(readFileSync(join(FOLDER, name))), name).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.each(OBJECTS)('the layouts that src/linux has of the maps of %s', (name) => {
  needsPrograms('bpftool');
  let read: ObjectTypes | undefined;
  const types = (): ObjectTypes => {
    read ??= new ObjectTypes(join(FOLDER, name));
    return read;
  };

  /** Fields by the names that they have in C. */
  function inC({ size, ...fields }: { readonly size: number }): { size: number; fields: Record<string, number> } {
    const named = Object.entries(fields).map(([field, at]) => [
      field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      at as number,
    ]);
    return { size, fields: Object.fromEntries(named) };
  }

  it.each([
    ['settings', SETTINGS],
    ['endpoint', ENDPOINT],
    ['rule', RULE],
    ['choice', CHOICE],
    ['lane', LANE],
    ['correction', CORRECTION],
    ['counts', COUNTS],
  ] as const)('are those of the struct %s', (struct, layout) => {
    expect(types().layoutOf(struct)).toMatchObject(inC(layout));
  });

  it('have as many ticks', () => {
    expect([types().lengthOf('lane', 'entered'), types().lengthOf('correction', 'left')]).toEqual([TICKS, TICKS]);
  });

  it('have room for as many choices and rules', () => {
    expect([types().entriesOf('choices'), types().entriesOf('choice_numbers')]).toEqual([256, 256]);
    expect(types().entriesOf('rules')).toBe(32);
  });
});
