// `npm run build:bpf`: compiles the eBPF programs of bpf/ to the objects that are committed beside them. The same sources and
// the same clang give the same bytes, wherever the folder is: no path of this machine gets into them.

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../bpf/', import.meta.url));
/** Which clang the committed objects are from: another one may give other bytes. */
const BUILT_WITH = join(SOURCES, 'built-with.txt');

const FLAGS = [
  ...['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-Wall', '-Wextra', '-Werror'],
  ...['-nostdinc', '-fdebug-compilation-dir=.', '-ffile-prefix-map=./='],
];

/**
 * Compiles every program of bpf/ into a folder.
 * @param {string} folder
 * @returns {string[]} the names of the objects
 * @throws {Error} where clang or llvm-strip is missing, or takes offence at a source
 */
export function buildObjects(folder) {
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.bpf.c'));
  return sources.map((source) => {
    const object = source.replace(/c$/, 'o');
    const made = join(folder, object);
    run('clang', [...FLAGS, '-c', source, '-o', made]);
    // What a debugger would read; the type information that the kernel reads stays.
    run('llvm-strip', ['-g', made]);
    return object;
  });
}

/** The version of clang, as it says itself: `14.0.6`. */
export function clangVersion() {
  const said = run('clang', ['--version']);
  return /version (\S+)/.exec(said)?.[1] ?? said;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd: SOURCES, encoding: 'utf8' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw new Error(`${command} is not installed, which builds the eBPF programs (Debian: apt install clang llvm)`);
  }
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr.trim()}`);
  return stdout;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const objects = buildObjects(SOURCES);
    writeFileSync(BUILT_WITH, `clang ${clangVersion()}\n`);
    process.stderr.write(`fourtuple: built ${objects.map((object) => `bpf/${object}`).join(' and ')}\n`);
  } catch (error) {
    process.stderr.write(`fourtuple: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
