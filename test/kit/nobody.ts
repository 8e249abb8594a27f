import { spawnSync } from 'node:child_process';
import { beforeEach } from 'vitest';
import { PROGRAM } from './program.ts';

/** Run as a user without any privilege. */
export const NOBODY = { unprivileged: true } as const;

/** Skips each test where a user without privileges may not read the program where it lies, or there is no such user to become. */
export function needsNobody(): void {
  beforeEach(({ skip }) => {
    const id = { uid: 65_534, gid: 65_534 };
    const { status } = spawnSync(process.execPath, [PROGRAM, '--version'], { ...id, stdio: 'ignore' });
    if (status !== 0) skip('needs a place that every user may read, and root');
  });
}
