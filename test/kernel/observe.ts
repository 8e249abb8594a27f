import { findKernelOwners } from '../../src/census/kernel-owners.ts';
import { takeCensus } from '../../src/census/take-census.ts';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
import { reportNamespace } from '../../src/diagnosis/report-namespace.ts';
import { openNamespace } from '../../src/linux/network-namespace.ts';
import type { NetworkNamespace } from '../kit/network-namespace.ts';

export interface Observation {
  /** At most so many lanes. */
  readonly top?: number;
  /** Another namespace than the one that this thread is in. */
  readonly namespace?: NetworkNamespace;
  /** Who holds the sockets is searched for. */
  readonly owners?: boolean;
}

/** What the program says of a network namespace: the report, whose fields are a promise. */
export async function observe(options: Observation = {}): Promise<NamespaceReport> {
  const { top = Number.POSITIVE_INFINITY, namespace, owners = false } = options;
  const handle = namespace === undefined ? undefined : openNamespace(namespace.path);
  try {
    return reportNamespace({ inode: null, name: null }, await takeCensus({ namespace: handle }), {
      top,
      findOwners: (inodes) => findKernelOwners(inodes, owners ? 60_000 : 0, null),
      units: { ofProcess: () => null, ofCgroup: () => null },
    });
  } finally {
    handle?.close();
  }
}
