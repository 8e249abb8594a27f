import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from './imports.ts';

/** Path below src/ (`tcp/lane.ts`) to source text. */
export type SourceTree = ReadonlyMap<string, string>;

/** From the top to the bottom. Folders of one layer do not import each other. */
const LAYERS = [
  ['cli'],
  ['lab', 'agent'],
  ['machine'],
  ['plan', 'diagnosis', 'recycling', 'spreading'],
  ['census', 'changes'],
  ['remedies', 'linux'],
  ['tcp'],
];

/** The library: it shows what all the layers have, and nothing imports it. */
const LIBRARY = 'index.ts';

/** Planning runs anywhere, so not even a type of these may come from the kernel's folder. */
const KERNEL_FREE = ['remedies', 'plan'];

const LONGEST_FILE = 260;

/** One sentence for each import, folder or file that breaks the layering. */
export function violations(tree: SourceTree): string[] {
  const files = [...tree.keys()].filter((file) => !file.endsWith('.test.ts')).sort();
  const graph = new Map(files.map((file) => [file, importsOf(tree.get(file) ?? '')]));
  return [
    ...files.flatMap(placeOf),
    ...files.flatMap((file) => lengthOf(file, tree.get(file) ?? '')),
    ...files.flatMap((file) => (graph.get(file) ?? []).flatMap((specifier) => wrongImport(file, specifier, tree))),
    ...files.flatMap((file) => wayToKernel(file, ownImports(graph))),
    ...circles(ownImports(graph)),
  ];
}

function placeOf(file: string): string[] {
  if (file === LIBRARY || layerOf(file) >= 0) return [];
  return [`${file}: ${folderOf(file) || 'src/'} is no layer`];
}

function lengthOf(file: string, source: string): string[] {
  const lines = source.replace(/\n$/, '').split('\n').length;
  return lines > LONGEST_FILE ? [`${file}: ${lines} lines are more than ${LONGEST_FILE}`] : [];
}

function wrongImport(file: string, specifier: string, tree: SourceTree): string[] {
  if (!specifier.startsWith('.')) {
    return folderOf(file) === 'tcp' && isBuiltin(specifier)
      ? [`${file}: tcp/ has no I/O, yet imports ${specifier}`]
      : [];
  }
  const target = resolve(file, specifier);
  if (!tree.has(target)) return [`${file}: ${specifier} is no file of src/`];
  if (target.endsWith('.test.ts')) return [`${file}: ${specifier} is a test`];
  return isAllowed(file, target) ? [] : [`${file}: an import of ${target} does not go downward`];
}

function isAllowed(file: string, target: string): boolean {
  if (file === LIBRARY) return true;
  return folderOf(file) === folderOf(target) || layerOf(target) > layerOf(file);
}

function wayToKernel(file: string, imports: ReadonlyMap<string, readonly string[]>): string[] {
  if (!KERNEL_FREE.includes(folderOf(file))) return [];
  const way = wayTo((target) => folderOf(target) === 'linux', [file], imports, new Set());
  return way ? [`${file}: reaches linux/ by ${way.slice(1).join(' → ')}`] : [];
}

function wayTo(
  isGoal: (file: string) => boolean,
  way: readonly string[],
  imports: ReadonlyMap<string, readonly string[]>,
  seen: Set<string>,
): readonly string[] | undefined {
  for (const next of imports.get(way.at(-1) ?? '') ?? []) {
    if (isGoal(next)) return [...way, next];
    if (seen.has(next)) continue;
    seen.add(next);
    const longer = wayTo(isGoal, [...way, next], imports, seen);
    if (longer) return longer;
  }
  return undefined;
}

/** Each circle once, from its alphabetically first file. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const told = new Set<string>();
  const found: string[] = [];
  for (const file of imports.keys()) {
    if (told.has(file)) continue;
    const way = wayTo((target) => target === file, [file], imports, new Set());
    if (!way) continue;
    for (const member of way) told.add(member);
    found.push(`circle: ${way.join(' → ')}`);
  }
  return found;
}

function ownImports(graph: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const own = [...graph].map(([file, specifiers]): [string, string[]] => [
    file,
    specifiers.filter((specifier) => specifier.startsWith('.')).map((specifier) => resolve(file, specifier)),
  ]);
  return new Map(own);
}

function resolve(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier);
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}

function layerOf(file: string): number {
  return LAYERS.findIndex((folders) => folders.includes(folderOf(file)));
}
