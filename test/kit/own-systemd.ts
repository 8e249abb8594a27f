import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, vi } from 'vitest';
import { cgroupMount } from './cgroups.ts';
import { PROGRAM } from './program.ts';

export const UNITS: string = fileURLToPath(new URL('../../deploy/systemd', import.meta.url));
export const UNIT = 'fourtuple-agent.service';
const SYSTEMD = '/lib/systemd/systemd';
/** What a unit's default dependencies name; nothing of this machine is to be started. */
const EMPTY_TARGETS = ['basic', 'multi-user', 'network', 'shutdown', 'sysinit'];
const STARTED_WITHIN_MS = 15_000;

/** Mounts what systemd expects, where it sees it only, and becomes it. */
const BOOT = `
set -e
umount --recursive --lazy /sys
umount --recursive --lazy /run/netns || true
mount --make-rshared /
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tracefs tracefs /sys/kernel/tracing
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
ip link set lo up
eval "$BEFORE"
export container=test SYSTEMD_UNIT_PATH=$FOLDER/units
exec ${SYSTEMD} --system --unit=test.target --log-target=console --show-status=no
`;

/** How the unit did under a systemd of its own. */
export interface UnitRun {
  /** What it said, on both of its outputs. */
  readonly out: string;
  /** Properties as `systemctl show` has them: Result, ActiveState, ExecMainStatus, StatusText. */
  readonly shown: Readonly<Record<string, string>>;
  readonly log: string;
  /** What `after` has said. */
  readonly after: string;
}

export interface UnitOptions {
  /** Of `fourtuple-agent.service.d`: `netns`. */
  readonly dropIns?: readonly string[];
  /** Lines below [Service], which win over the unit's. */
  readonly service: readonly string[];
  /** What a shell does there before systemd starts. */
  readonly before?: string;
  /** What a shell of systemd's does when the unit has started; it has no single quotes. */
  readonly after?: string;
}

/** What the unit hides from its program: ProtectHome=, PrivateTmp=. */
const HIDDEN = /^\/(?:home|root|run\/user|tmp|var\/tmp)\//;

/** Skips each test where systemd cannot be started in namespaces of its own, or the unit would not see what it is to run. */
export function needsOwnSystemd(): void {
  beforeEach(({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root');
    if (cgroupMount('cgroup2') === undefined) skip('needs a whole cgroup2 file system');
    const hidden = [process.execPath, PROGRAM].find((file) => HIDDEN.test(file));
    if (hidden !== undefined) skip(`needs to lie where the unit does not hide it: ${hidden}`);
  });
}

/** A line of a unit that has a shell run a command, which has no single quotes. */
export function execStart(command: string): string {
  const text = command.replaceAll('\n', ' ').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `ExecStart=/bin/bash -c '${text}'`;
}

/**
 * Starts the unit by a systemd that is process 1 of its own PID, mount, network and cgroup namespaces, and waits until it has
 * started (`Type=oneshot`: until it has ended). Nothing of it is left afterwards.
 */
export async function runUnit(options: UnitOptions): Promise<UnitRun> {
  const folder = mkdtempSync(join(tmpdir(), 'fourtuple-systemd-'));
  const cgroup = join(cgroupMount('cgroup2') as string, `fourtuple-systemd-${process.pid}`);
  writeUnits(folder, options);
  const child = boot(folder, cgroup, options.before ?? '');
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  try {
    await vi.waitFor(() => readFileSync(join(folder, 'done')), { timeout: STARTED_WITHIN_MS, interval: 50 });
    const lines = readFileSync(join(folder, 'shown'), 'utf8').trim().split('\n');
    const shown = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    const said = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return { out: said('out'), after: said('after'), shown, log };
  } catch (cause) {
    throw new Error(`the unit has not started: ${log}`, { cause });
  } finally {
    const gone = once(child, 'close');
    // With it ends process 1, and with that all others of its PID namespace.
    if (child.kill('SIGKILL')) await gone;
    await vi.waitFor(() => removeCgroups(cgroup));
    rmSync(folder, { recursive: true });
  }
}

function boot(folder: string, cgroup: string, before: string): ChildProcess {
  mkdirSync(cgroup);
  const namespaces = ['--cgroup', '--pid', '--mount', '--uts', '--ipc', '--net', '--fork', '--kill-child=SIGKILL'];
  const script = `echo $$ > ${cgroup}/cgroup.procs && exec unshare ${namespaces.join(' ')} bash -c "$BOOT" 2>&1`;
  const env = { PATH: process.env.PATH, BOOT, BEFORE: before, FOLDER: folder };
  return spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

function writeUnits(folder: string, { dropIns = [], service, after = '' }: UnitOptions): void {
  const units = join(folder, 'units');
  const own = join(units, `${UNIT}.d`);
  mkdirSync(own, { recursive: true });
  cpSync(join(UNITS, UNIT), join(units, UNIT));
  for (const name of dropIns) cpSync(join(UNITS, `${UNIT}.d`, `${name}.conf`), join(own, `${name}.conf`));
  const output = ['StandardOutput', 'StandardError'].map((one) => `${one}=append:${folder}/out`);
  writeFileSync(join(own, 'zz-test.conf'), ['[Service]', ...output, ...service, ''].join('\n'));
  for (const name of EMPTY_TARGETS) {
    writeFileSync(join(units, `${name}.target`), '[Unit]\nDefaultDependencies=no\n');
  }
  const head = `[Unit]\nDefaultDependencies=no\nAfter=${UNIT}\n`;
  writeFileSync(join(units, 'test.target'), `${head}Wants=${UNIT} after.service\n`);
  const show = `systemctl show --property=Result,ActiveState,ExecMainStatus,StatusText ${UNIT} > ${folder}/shown`;
  const command = execStart(`(${after || 'true'}) > ${folder}/after 2>&1; ${show}; touch ${folder}/done`);
  writeFileSync(join(units, 'after.service'), `${head}[Service]\nType=oneshot\n${command}\n`);
}

/** Those below first. */
function removeCgroups(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroups(join(directory, entry.name));
  }
  rmdirSync(directory);
}
