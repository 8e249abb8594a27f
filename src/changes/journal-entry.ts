import type { RecordedChange } from './recorded-change.ts';

/** Which network namespace an entry is about. Inodes are given anew when a namespace has gone; the cookie never is. */
export interface NamespaceRecord {
  readonly inode: number;
  /** `SO_NETNS_COOKIE` in decimal digits (Linux 5.14), unique until the next boot; null on older kernels. */
  readonly cookie: string | null;
  /** /proc/sys/kernel/random/boot_id when it was written: no namespace but the host's is there after the next boot. */
  readonly bootId: string | null;
  readonly isHost: boolean;
  /** `host`, the name of `ip netns`, its container or pod; null where none was known. */
  readonly name: string | null;
}

/** Why an entry is open no more. */
export interface Closing {
  /** RFC 3339, UTC. */
  readonly at: string;
  /**
   * `undone`: taken back. `failed`: the kernel refused part of it, and the rest was taken back at once. `gone`: its
   * namespace is there no more, and the change with it.
   */
  readonly how: 'undone' | 'failed' | 'gone';
  /** What there is to say about it: one sentence; null for nothing. */
  readonly note: string | null;
}

/** One use of `fix --apply`: what was changed, where, from what and to what. */
export interface JournalEntry {
  /** Counted from 1; what `fix --undo` takes. */
  readonly id: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The remedy's id. */
  readonly remedy: string;
  readonly namespace: NamespaceRecord;
  /** In the order in which they were made. */
  readonly changes: readonly RecordedChange[];
  /** null while it can be taken back. */
  readonly closed: Closing | null;
}
