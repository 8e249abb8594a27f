// A step of the set-up is skipped while the fingerprint of what it reads equals the stamp that its last run left behind.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Step
 * @property {string} says what the person reads while it runs
 * @property {string} stamp file that holds the fingerprint of its last good run; lies in what the step makes
 * @property {() => string} fingerprint
 * @property {() => Promise<void>} run
 */

/** @param {Step} step */
export function isStale(step) {
  try {
    return readFileSync(step.stamp, 'utf8') !== step.fingerprint();
  } catch {
    return true;
  }
}

/**
 * The fingerprint is taken before the step runs: what is edited meanwhile makes it run again.
 * @param {Step} step
 */
export async function runStep(step) {
  const fingerprint = step.fingerprint();
  rmSync(step.stamp, { force: true });
  await step.run();
  writeFileSync(step.stamp, fingerprint);
}

/** @param {...string} parts */
export function hash(...parts) {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/**
 * One line per file: path, size and time of change. Reading the contents instead would take three times as long.
 * @param {string} root
 * @param {string[]} paths files and folders below root
 */
export function listing(root, paths) {
  const lines = [];
  for (const path of paths) {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    if (!found) continue;
    const files = found.isDirectory() ? filesBelow(join(root, path)) : [join(root, path)];
    for (const file of files) {
      if (file.endsWith('.test.ts')) continue;
      const { size, mtimeMs } = statSync(file);
      lines.push(`${file} ${size} ${mtimeMs}`);
    }
  }
  return lines.sort().join('\n');
}

/** @param {string} folder */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
