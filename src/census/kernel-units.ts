import { CgroupPaths } from '../linux/cgroup.ts';
import { nameCgroup } from '../linux/cgroup-name.ts';
import { readProcessCgroup } from '../linux/processes.ts';

/** Names the systemd unit, container or pod that a process or a socket belongs to. */
export class KernelUnits {
  readonly #paths = new CgroupPaths();
  readonly #byPid = new Map<number, string | null>();

  /** null where the process is in none, or has exited. */
  ofProcess(pid: number): string | null {
    const known = this.#byPid.get(pid);
    if (known !== undefined) return known;
    const name = nameOf(readProcessCgroup(pid));
    this.#byPid.set(pid, name);
    return name;
  }

  /** @param id of a version-2 cgroup, 0 where none is known */
  ofCgroup(id: number): string | null {
    return id === 0 ? null : nameOf(this.#paths.pathOf(id));
  }
}

function nameOf(path: string | null): string | null {
  return path === null ? null : (nameCgroup(path)?.text ?? null);
}
