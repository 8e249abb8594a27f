// Makes a fresh clone ready to run: packages, then the build. Does nothing, quickly, when nothing changed.
// Everything is said on stderr: stdout belongs to the program.

import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash, isStale, listing, runStep } from './stamp.mjs';

/** @typedef {import('./stamp.mjs').Step} Step */

export const root = fileURLToPath(new URL('..', import.meta.url));

const pageFolder = join(root, 'dist/web');

class SetUpError extends Error {}

/** @type {Step} */
const packages = {
  says: 'installing packages',
  stamp: join(root, 'node_modules/.stamp'),
  fingerprint: () =>
    hash(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
      dependencies(),
      `${process.versions.modules} ${process.platform} ${process.arch}`,
    ),
  run: installPackages,
};

/** @type {Step} */
const program = {
  says: 'building',
  stamp: join(root, 'dist/.stamp'),
  fingerprint: () => hash(packages.fingerprint(), listing(root, ['tsconfig.json', 'src'])),
  run: () =>
    compile('tsconfig.json', 'dist', async (made) => {
      const { bundleProgram } = await import('./bundle.mjs');
      await bundleProgram(made);
      // The folder that is swapped out holds the page, which nothing of the program's is in.
      if (existsSync(pageFolder)) renameSync(pageFolder, join(made, 'web'));
    }),
};

/** @type {Step} */
const page = {
  says: 'building the dashboard',
  stamp: join(pageFolder, '.stamp'),
  fingerprint: () => hash(packages.fingerprint(), listing(root, ['tsconfig.json', 'web'])),
  run: async () => {
    const made = join(root, '.new-web');
    const { buildPage } = await import('./page.mjs');
    try {
      await buildPage(root, made);
    } catch (error) {
      rmSync(made, { recursive: true, force: true });
      throw new SetUpError(`the build of the dashboard failed\n${error instanceof Error ? error.message : error}`);
    }
    rmSync(pageFolder, { recursive: true, force: true });
    renameSync(made, pageFolder);
  },
};

/** @type {Step} */
export const benches = {
  says: 'building the benches',
  stamp: join(root, 'build/.stamp'),
  fingerprint: () =>
    hash(packages.fingerprint(), listing(root, ['tsconfig.json', 'tsconfig.bench.json', 'src', 'bench', 'test/kit'])),
  run: () => compile('tsconfig.bench.json', 'build'),
};

/**
 * False if it failed: the reason is told, and the process's exit code set.
 * @param {Step[]} [more] steps to run beside those that every command needs
 */
export async function setUp(more = []) {
  const steps = [packages, program, page, ...more];
  try {
    checkNode();
    if (steps.some(isStale)) await runStale(steps);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('exitCode' in error) process.exitCode = Number(error.exitCode);
    else {
      say(error instanceof SetUpError ? error.message : String(error.stack));
      process.exitCode = 1;
    }
    return false;
  }
}

/** @param {string} message */
export function say(message) {
  process.stderr.write(`fourtuple: ${message}\n`);
}

/** @param {Step[]} steps */
async function runStale(steps) {
  const { withLock } = await import('./lock.mjs');
  const onWait = (/** @type {number} */ holder) =>
    say(`waiting for the set-up that process ${holder} runs (.setup.lock)`);
  await withLock(join(root, '.setup.lock'), onWait, async () => {
    for (const step of steps) {
      if (!isStale(step)) continue;
      say(step.says);
      await runStep(step);
    }
  });
}

function checkNode() {
  const wanted = manifest().engines.node.replace('>=', '');
  const [major = 0, minor = 0] = wanted.split('.').map(Number);
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new SetUpError(`needs Node.js ${wanted} or later, and this is ${process.versions.node} (${process.execPath})`);
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** What of package.json decides about the packages: an edited script or description must not install them again. */
function dependencies() {
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifest();
  return JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides]);
}

const NPM_CI = [
  'ci',
  '--ignore-scripts',
  '--include=dev',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  // The caller's level (`npm start --silent`) would hide the reason of a failure.
  '--loglevel=error',
  // Twelve seconds until a missing network is told; by default seventy.
  '--fetch-retry-mintimeout=2000',
  '--fetch-retry-maxtimeout=10000',
];

async function installPackages() {
  const { runQuietly } = await import('./child.mjs');
  const own = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const [command, ...first] = own ? [process.execPath, own] : ['npm'];
  const { exitCode, output } = await runQuietly(command, [...first, ...NPM_CI], { cwd: root, endWith: 'SIGKILL' });
  if (exitCode === 0) return;
  if (output.includes('EUSAGE')) {
    throw new SetUpError('package.json and package-lock.json do not agree: run `npm install --ignore-scripts` first.');
  }
  throw new SetUpError(
    `npm ci failed with exit code ${exitCode}\n${output.trim()}\n` +
      'The first set-up needs the npm registry.\n' +
      '  Behind a proxy or with a mirror: `npm config set` proxy, https-proxy or registry, and try again.\n' +
      '  Without a network: run `npm test` on a machine like this one that has one, and copy the whole folder here.',
  );
}

/**
 * Compiles into a folder beside `out` and then swaps them: a failed build leaves the last good one, and none keeps
 * files whose source is gone. (The folder has the depth of `out`, so that source maps point to the right place.)
 * @param {string} project
 * @param {string} out
 * @param {(made: string) => Promise<void>} [finish] what is done to the folder before it is swapped in
 */
async function compile(project, out, finish) {
  const { runQuietly } = await import('./child.mjs');
  const made = join(root, `.new-${out}`);
  const old = join(root, `.old-${out}`);
  const final = join(root, out);
  const remove = (/** @type {string} */ folder) => rmSync(folder, { recursive: true, force: true });
  remove(made);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const pretty = process.stderr.isTTY ? ['--pretty'] : [];
  const { exitCode, output } = await runQuietly(process.execPath, [tsc, '-p', project, '--outDir', made, ...pretty], {
    cwd: root,
    endWith: 'SIGKILL',
  });
  if (exitCode !== 0) {
    remove(made);
    throw new SetUpError(`the build failed\n${output.trim()}`);
  }
  await finish?.(made);
  remove(old);
  if (existsSync(final)) renameSync(final, old);
  renameSync(made, final);
  remove(old);
}
