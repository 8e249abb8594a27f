import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Interrupted, runQuietly } from './child.mjs';
import { withLock } from './lock.mjs';
import { say } from './setup.mjs';

/** Programs that tests run for real. A test whose program is missing is skipped by name (test/kit/needs.ts). */
const TEST_PARTS = [
  'apache2-utils',
  'bpftool',
  'chromium',
  'clang',
  'curl',
  'haproxy',
  'iproute2',
  'libbpf1',
  'llvm',
  'net-tools',
  'nftables',
  'nginx',
  'procps',
  'prometheus',
  'redis-server',
  'strace',
  'systemd',
  'util-linux',
];

/** Of these, the ones whose package would run a service from now on. */
const SERVICES = ['haproxy', 'nginx', 'prometheus', 'redis-server'];

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_ASIDE = `${POLICY}.before-fourtuple`;
const MARK = '# Written by the tests of fourtuple while they install packages, and removed afterwards.';

/** Installs what is missing, where it can. False only if it was interrupted; then the exit code is set. */
export async function installTestParts() {
  let missing = missingPackages();
  if (missing.length === 0) return true;
  if (process.getuid?.() !== 0) {
    say(`tests that need these Debian packages are skipped (root would install them): ${missing.join(' ')}`);
    return true;
  }
  const onWait = (/** @type {number} */ holder) => say(`waiting for the packages that process ${holder} installs`);
  try {
    await withLock('/run/lock/fourtuple-packages', onWait, async () => {
      missing = missingPackages();
      if (missing.length > 0) await install(missing);
    });
  } catch (error) {
    if (error instanceof Interrupted) {
      process.exitCode = error.exitCode;
      return false;
    }
    say(`warning: ${error instanceof Error ? error.message : error}\nTests that need those packages are skipped.`);
  }
  return true;
}

/** Empty where there is no dpkg. */
function missingPackages() {
  if (!existsSync('/etc/debian_version')) return [];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '${Package} ${db:Status-Status}\n';
  const { stdout, error } = spawnSync('dpkg-query', ['-W', '-f', format, ...TEST_PARTS], { encoding: 'utf8' });
  if (error) return [];
  const installed = new Set(stdout.split('\n'));
  return TEST_PARTS.filter((name) => !installed.has(`${name} installed`));
}

/** @param {string[]} names */
async function install(names) {
  say(`installing what tests need: ${names.join(' ')}`);
  await withoutStartingServices(async () => {
    // The package lists may be missing or old, but mostly they serve, and fetching them takes longest.
    const first = await aptGet('install', ...names);
    if (first.exitCode === 0) return;
    await aptGet('update');
    const second = await aptGet('install', ...names);
    if (second.exitCode !== 0) throw new Error(`apt-get failed\n${second.output.trim()}`);
  });
  // Not at the next boot either.
  for (const name of SERVICES.filter((service) => names.includes(service))) {
    await runQuietly('update-rc.d', [name, 'disable']);
  }
}

/** @param {...string} args */
function aptGet(...args) {
  const options = ['DPkg::Lock::Timeout=120', 'Acquire::Retries=1', 'Acquire::http::Timeout=20'].flatMap((o) => [
    '-o',
    o,
  ]);
  return runQuietly('apt-get', ['-qq', '-y', '--no-install-recommends', ...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/**
 * Exit code 101 of policy-rc.d forbids packages to start their services.
 * @param {() => Promise<void>} work
 */
async function withoutStartingServices(work) {
  if (existsSync(POLICY) && !readFileSync(POLICY, 'utf8').includes(MARK)) renameSync(POLICY, POLICY_ASIDE);
  writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(POLICY, { force: true });
    if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
  }
}
