import {
  listNamespaces,
  type NamespaceEntry,
  type NamespaceList,
  openListedNamespace,
} from '../../linux/namespace-list.ts';
import { type NamespaceHandle, openNamespace } from '../../linux/network-namespace.ts';
import { entryOf, OWN_NAMESPACE } from '../../machine/namespace-identity.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { AgentNamespaces } from '../config/agent-config.ts';

/** A namespace to be sampled: how to come by it each time, and what is known of it. */
export interface SampledNamespace {
  readonly entry: NamespaceEntry;
  /** Whether it was asked for by name, or is this process's own: it is never too quiet to be counted. */
  readonly isChosen: boolean;
  /** @throws FourtupleError FT_NAMESPACE where it has gone; FT_PRIVILEGE where it may not be opened */
  open(): NamespaceHandle;
}

const LIST_INTERVAL_MS = 5_000;
/** At most this part of a core goes into looking for them: it reads a link of every process. */
const LIST_COST = 0.001;
/** … but a new one is found after so many intervals at last. */
const MOST_STRETCHED = 6;

/** Which namespaces are sampled. */
export class SampledNamespaces {
  readonly #wanted: AgentNamespaces;
  #list: NamespaceList = { namespaces: [], notes: [], hiddenProcesses: 0 };
  #listedAt = Number.NEGATIVE_INFINITY;
  #listMs = 0;
  readonly #listIntervalMs: number;

  /** @param listIntervalMs they are looked for at most so often */
  constructor(wanted: AgentNamespaces, listIntervalMs: number = LIST_INTERVAL_MS) {
    this.#wanted = wanted;
    this.#listIntervalMs = listIntervalMs;
  }

  /** What could not be found of them. */
  get notes(): readonly string[] {
    return this.#wanted === 'all' ? this.#list.notes : [];
  }

  /** @param failed is told of one that was asked for by name and cannot be opened */
  current(failed: (reference: string, error: FourtupleError) => void): SampledNamespace[] {
    this.#refresh();
    if (this.#wanted === 'all') return this.#list.namespaces.map((entry) => listed(entry));
    return (this.#wanted === 'own' ? [OWN_NAMESPACE] : this.#wanted).flatMap((reference) => {
      try {
        return [this.#chosen(reference)];
      } catch (error) {
        if (!(error instanceof FourtupleError)) throw error;
        failed(reference, error);
        return [];
      }
    });
  }

  #refresh(): void {
    const now = performance.now();
    const affordable = Math.min(this.#listMs / LIST_COST, MOST_STRETCHED * this.#listIntervalMs);
    if (now - this.#listedAt < Math.max(this.#listIntervalMs, affordable)) return;
    this.#list = listNamespaces();
    this.#listedAt = now;
    this.#listMs = performance.now() - now;
  }

  #chosen(reference: string): SampledNamespace {
    const handle = openNamespace(reference);
    try {
      const { inode } = handle;
      const known = entryOf(handle, this.#list.namespaces);
      const entry: NamespaceEntry = { ...known, inode, isOwn: reference === OWN_NAMESPACE };
      return { entry, isChosen: true, open: () => openNamespace(reference) };
    } finally {
      handle.close();
    }
  }
}

function listed(entry: NamespaceEntry): SampledNamespace {
  return { entry, isChosen: entry.isOwn, open: () => openListedNamespace(entry) };
}
