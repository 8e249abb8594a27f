import { cgroupMounts } from './cgroup-mount.ts';
import { pathFrom } from './cgroup-path.ts';
import { MOST_CGROUPS, walkCgroups } from './cgroup-tree.ts';

/** A walk over 1,000 cgroups takes some 20 ms: an id of none that exists must not cost one each time. */
const SHORTEST_PAUSE_MS = 1000;

/**
 * Finds the path of a version-2 cgroup by its id, which is what the kernel knows a socket's cgroup by
 * (INET_DIAG_CGROUP_ID). The id is the inode of the cgroup's directory (`cgroup_id()`, 64-bit kernels), so that walking
 * the directories finds it without a privilege; `open_by_handle_at()` would need CAP_DAC_READ_SEARCH.
 *
 * An id is never used again and a version-2 cgroup is never renamed, so that what was found once stays true, even of a
 * cgroup that has been removed.
 */
export class CgroupPaths {
  readonly #paths = new Map<number, string>();
  readonly #clock: () => number;
  #walkedAt = Number.NEGATIVE_INFINITY;

  /** @param clock milliseconds that never go back */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /**
   * The path from the root of the hierarchy: `/system.slice/nginx.service`, `/` for the root. Walks the directories where
   * the id is new, at most once a second.
   *
   * @returns null where it is not known: no cgroup2 file system is mounted, or it does not show the cgroup
   */
  pathOf(id: number): string | null {
    if (!this.#paths.has(id) && id > 0) this.#walk();
    return this.#paths.get(id) ?? null;
  }

  #walk(): void {
    const now = this.#clock();
    if (now - this.#walkedAt < SHORTEST_PAUSE_MS) return;
    this.#walkedAt = now;
    if (this.#paths.size > MOST_CGROUPS) this.#paths.clear();
    const mount = cgroupMounts(2)[0];
    if (mount === undefined) return;
    for (const { below, id } of walkCgroups(mount.point)) this.#paths.set(id, pathFrom(mount.root, below));
  }
}
