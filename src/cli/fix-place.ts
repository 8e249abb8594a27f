import type { ClosesWatch } from '../census/watch-closes.ts';
import type { Changeable } from '../changes/changeable.ts';
import { type Examination, LANES_EXAMINED } from '../diagnosis/examination.ts';
import { examineNamespace, type NamespaceIdentity } from '../diagnosis/examine-namespace.ts';
import { initialNamespaceInode } from '../linux/initial-namespace.ts';
import { listNamespaces } from '../linux/namespace-list.ts';
import { openNamespace, ownNamespaceInode } from '../linux/network-namespace.ts';
import { entryOf, identityOf, kernelFacts, OWN_NAMESPACE } from '../machine/namespace-identity.ts';
import { thisHost } from '../machine/report-of.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { FixHead } from './fix-head.ts';

/** A network namespace that is looked at and changed. */
export interface FixPlace extends Changeable {
  readonly identity: NamespaceIdentity;
}

/** Opens a network namespace for as long as `work` takes. @param netns this process's own where left out */
export async function inPlace<T>(netns: string | undefined, work: (place: FixPlace) => T | Promise<T>): Promise<T> {
  const handle = openNamespace(netns ?? OWN_NAMESPACE);
  try {
    const { namespaces } = listNamespaces();
    const entry = entryOf(handle, namespaces);
    const inodes = namespaces.map(({ inode }) => inode);
    return await work({
      handle,
      name: entry.name,
      // Its name would not do: `ip netns` can give any.
      isHost: handle.inode === initialNamespaceInode(ownNamespaceInode(), inodes),
      identity: identityOf(handle, entry, kernelFacts()),
    });
  } finally {
    handle.close();
  }
}

/** A namespace as it was looked at. */
export interface Looked {
  readonly head: FixHead;
  readonly examination: Examination;
  /** What is known with less certainty: one sentence each. */
  readonly notes: readonly string[];
}

/** @param pattern what is asked for may be no full lane: all are looked at then, those that share its slots too */
export async function lookAt(place: FixPlace, pattern?: LanePattern, watch?: ClosesWatch): Promise<Looked> {
  const start = performance.now();
  const top = pattern === undefined ? LANES_EXAMINED : Number.POSITIVE_INFINITY;
  const options = { top, ownersMs: 0, thorough: false, watch };
  const examination = await examineNamespace(place.handle, place.identity, options);
  return {
    head: {
      schema: 1,
      takenAt: new Date().toISOString(),
      durationSeconds: Number(((performance.now() - start) / 1000).toFixed(6)),
      host: thisHost(),
      namespace: { inode: place.handle.inode, name: place.name },
    },
    examination,
    // Whose the sockets are makes no difference here.
    notes: examination.namespace.notes.filter((note) => !note.includes('--owners')),
  };
}
