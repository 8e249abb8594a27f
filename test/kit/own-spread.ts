import { beforeEach } from 'vitest';
import { ATTACH_TYPES, type AttachType, programsOfCgroup } from '../../src/linux/bpf-attached.ts';
import { findCgroup } from '../../src/linux/find-cgroup.ts';
import { checkSpreadLoads } from '../../src/linux/spread-object.ts';
import { FourtupleError } from '../../src/tcp/error.ts';
import type { Spread } from '../../src/tcp/spread.ts';

/** From an address that no test has, to one that no test has. */
export const ELSEWHERE: Spread = {
  kind: 'sources',
  sources: [{ address: '198.51.100.1', prefixLength: 32 }],
  to: [{ address: '203.0.113.1', prefixLength: 32, port: 9 }],
};

/** Skips each test of the suite it is called in where this process cannot spread connections. */
export function needsSpreads(): void {
  const reason = whyNot();
  if (reason !== null) beforeEach(({ skip }) => skip(`needs eBPF: ${reason}`));
}

function whyNot(): string | null {
  try {
    ownCgroup();
    checkSpreadLoads(ELSEWHERE);
    return null;
  } catch (error) {
    if (error instanceof FourtupleError) return error.message;
    throw error;
  }
}

/** The directory of the version-2 cgroup that this process is in. */
export function ownCgroup(): string {
  return findCgroup({ by: 'pid', pid: process.pid }).directory;
}

/** The programs that are attached to it, wherever: `connect4 ft_src_connect4 811`. */
export function programsOfOwnCgroup(): string[] {
  return (Object.keys(ATTACH_TYPES) as AttachType[]).flatMap((type) =>
    programsOfCgroup(ownCgroup(), type, 'own').map(({ id, name }) => `${type} ${name} ${id}`),
  );
}
