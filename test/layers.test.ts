import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf } from './kit/imports.ts';
import { violations } from './kit/layers.ts';

const src = fileURLToPath(new URL('../src', import.meta.url));

describe('the layers of src/', () => {
  it('import downward only, without circles, in files of a readable length', () => {
    const tree = readTree(src);
    expect(tree.size).toBeGreaterThan(0);
    expect(violations(tree)).toEqual([]);
  });
});

describe('the check of the layers', () => {
  it('accepts downward imports, those of the same folder, and the library', () => {
    expect(
      check({
        'index.ts': "export * from './tcp/lane.ts'; export * from './cli/main.ts'",
        'cli/main.ts': "import { status } from './status.ts'",
        'cli/status.ts': "const lazy = () => import('../census/census.ts')",
        'census/census.ts': "import { sockets } from '../linux/sockets.ts'; import { lane } from '../tcp/lane.ts'",
        'linux/sockets.ts': "import { readFileSync } from 'node:fs'",
        'tcp/lane.ts': "import { parse } from 'ipaddr.js'",
      }),
    ).toEqual([]);
  });

  it.each([
    ['upward', 'tcp/lane.ts', 'census/census.ts'],
    ['sideways', 'plan/plan.ts', 'diagnosis/rule.ts'],
    ['to the library', 'cli/main.ts', 'index.ts'],
  ])('refuses an import that goes %s', (_, file, target) => {
    const wrong = `${file}: an import of ${target} does not go downward`;
    expect(check({ [file]: `import { a } from '../${target}'`, [target]: '' })).toEqual([wrong]);
    expect(check({ [file]: `import type { A } from '../${target}'`, [target]: '' })).toEqual([wrong]);
    expect(check({ [file]: `export {\n  a,\n} from "../${target}"`, [target]: '' })).toEqual([wrong]);
    expect(check({ [file]: `let a: import('../${target}').A`, [target]: '' })).toEqual([wrong]);
  });

  it.each(['node:fs', 'fs', 'node:timers/promises'])('refuses %s in tcp/', (builtin) => {
    const source = `import { a } from '${builtin}'`;
    expect(check({ 'tcp/lane.ts': source })).toEqual([`tcp/lane.ts: tcp/ has no I/O, yet imports ${builtin}`]);
    expect(check({ 'linux/lane.ts': source, 'tcp/lane.test.ts': source })).toEqual([]);
  });

  it('refuses every way from planning to the kernel, type-only ones too', () => {
    expect(
      check({
        'plan/plan.ts': "import type { Census } from '../census/census.ts'",
        'census/census.ts': "import type { Socket } from '../linux/socket.ts'",
        'linux/socket.ts': '',
      }),
    ).toEqual(['plan/plan.ts: reaches linux/ by census/census.ts → linux/socket.ts']);
    expect(check({ 'remedies/a.ts': "import '../linux/socket.ts'", 'linux/socket.ts': '' })).toEqual([
      'remedies/a.ts: an import of linux/socket.ts does not go downward',
      'remedies/a.ts: reaches linux/ by linux/socket.ts',
    ]);
  });

  it('refuses circles, and tells each once', () => {
    expect(
      check({
        'tcp/a.ts': "import './b.ts'",
        'tcp/b.ts': "import type { C } from './c.ts'",
        'tcp/c.ts': "import './b.ts'",
        'tcp/self.ts': "import './self.ts'",
      }),
    ).toEqual(['circle: tcp/b.ts → tcp/c.ts → tcp/b.ts', 'circle: tcp/self.ts → tcp/self.ts']);
  });

  it('refuses folders and files that have no place, and imports that lead nowhere', () => {
    expect(check({ 'utils/a.ts': '', 'version.ts': '' })).toEqual([
      'utils/a.ts: utils is no layer',
      'version.ts: src/ is no layer',
    ]);
    expect(check({ 'cli/a.ts': "import './b.js'; import '../../test/kit/needs.ts'" })).toEqual([
      'cli/a.ts: ./b.js is no file of src/',
      'cli/a.ts: ../../test/kit/needs.ts is no file of src/',
    ]);
    expect(check({ 'cli/a.ts': "import './b.test.ts'", 'cli/b.test.ts': '' })).toEqual([
      'cli/a.ts: ./b.test.ts is a test',
    ]);
  });

  it('refuses files of more than 260 lines, but lets tests be longer', () => {
    expect(check({ 'cli/a.ts': '\n'.repeat(260), 'cli/a.test.ts': '\n'.repeat(261) })).toEqual([]);
    expect(check({ 'cli/a.ts': '\n'.repeat(261) })).toEqual(['cli/a.ts: 261 lines are more than 260']);
  });
});

describe('reading imports', () => {
  it('passes over comments, strings and templates', () => {
    const source = [
      "// import a from './comment.ts'",
      "/* import a from './block.ts' */",
      'const text = "import a from \'./string.ts\'"',
      "const template = `import a from './template.ts'`",
      "const url = 'http://host'; import b from './real.ts'",
      "const list = Array.from('abc')",
    ].join('\n');
    expect(importsOf(source)).toEqual(['./real.ts']);
  });
});

function check(tree: Record<string, string>): string[] {
  return violations(new Map(Object.entries(tree)));
}

function readTree(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [relative(folder, file), readFileSync(file, 'utf8')]));
}
