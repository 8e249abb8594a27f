import { release } from 'node:os';
import type { Examination } from '../../src/diagnosis/examination.ts';
import { type ExamineOptions, examineNamespace } from '../../src/diagnosis/examine-namespace.ts';
import { ownCapabilities } from '../../src/diagnosis/machine.ts';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { openNamespace } from '../../src/linux/network-namespace.ts';
import { ticksPerSecond } from '../../src/linux/timer-tick.ts';
import type { NetworkNamespace } from '../kit/network-namespace.ts';

/** Examines a namespace, the one that this thread is in where none is given, as `doctor` does. */
export async function examineHere(
  options: Partial<ExamineOptions> & { readonly namespace?: NetworkNamespace; readonly name?: string } = {},
): Promise<Examination> {
  const { namespace, name = null, ...more } = options;
  const handle = openNamespace(namespace?.path ?? '/proc/thread-self/ns/net');
  try {
    const identity = {
      ...{ inode: handle.inode, name, holder: null, isOwn: true, path: null, kernel: release() },
      ...{ ticksPerSecond: ticksPerSecond(), capabilities: ownCapabilities() },
    };
    return await examineNamespace(handle, identity, { top: 100, ownersMs: 60_000, thorough: true, ...more });
  } finally {
    handle.close();
  }
}

/** The findings of a rule. */
export function findingsOf({ findings }: Examination, code: string): FindingReport[] {
  return findings.filter((finding) => finding.code === code);
}
