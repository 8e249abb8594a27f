import type { InodeTable } from './inode-table.ts';
import { countOpenFiles, forEachOpenFile, type OpenFilesOutcome } from './open-files.ts';
import { listProcesses, readNetworkNamespace, readProcessName } from './processes.ts';
import { SocketOwners } from './socket-ownership.ts';

/** What a search for the owners of sockets has found, and how far it came. */
export interface SocketOwnerSearch {
  readonly owners: SocketOwners;
  /** Processes that were there when the search began and have not exited before it came to them. */
  readonly processesTotal: number;
  /** Of those, the ones whose open files were read as far as was needed. */
  readonly processesRead: number;
  /** Of those, the ones whose open files this process may not read: other users' need CAP_SYS_PTRACE. */
  readonly refused: number;
  /** False where the time was spent before all sockets were found or all processes were looked at. */
  readonly complete: boolean;
  readonly elapsedMs: number;
}

/** How many files are read between two looks at the clock: some 0.2 ms. */
const FILES_PER_CLOCK = 64;
/** What a process is called that exits between its sockets and its name. */
const EXITED = '(exited)';

interface Candidate {
  readonly pid: number;
  readonly openFiles: number | null;
  readonly isNear: boolean;
}

/**
 * Finds the processes that hold sockets, by the links of /proc/PID/fd: 2.5 µs for each open file of each process, so the
 * processes with most open files come first, and those without any are skipped (see `countOpenFiles`).
 *
 * The search ends when each socket has an owner. A socket that several processes hold (after a fork) may then be known by
 * some of them only: by the one with most open files rather than by its idle parent.
 *
 * @param wanted the inodes of the sockets; adding to it later does no harm
 * @param budgetMs when to give up, whatever is found by then; it may be overrun by 1 ms
 * @param clock milliseconds that never go back
 * @param namespace the inode of a network namespace, whose processes come before all others: they hold nearly all of its
 * sockets, though a socket can be passed to any process
 * @throws FourtupleError FT_KERNEL where there is no /proc
 */
export function findSocketOwners(
  wanted: InodeTable,
  budgetMs: number,
  clock: () => number = () => performance.now(),
  namespace: number | null = null,
): SocketOwnerSearch {
  const start = clock();
  const isLate = (): boolean => clock() - start >= budgetMs;
  const owners = new SocketOwners(wanted);
  const counts = { total: 0, read: 0, refused: 0 };
  const candidates = wanted.size === 0 ? [] : rank(listProcesses(), namespace, isLate);
  counts.total = candidates.length;
  let cut = false;
  for (const candidate of candidates) {
    cut = isLate();
    if (cut || owners.isComplete) break;
    const outcome = readSockets(candidate, owners, isLate);
    if (outcome === 'gone') counts.total -= 1;
    if (outcome === 'refused') counts.refused += 1;
    if (outcome === 'read' || owners.isComplete) counts.read += 1;
    cut = outcome === 'stopped';
  }
  return {
    owners,
    processesTotal: counts.total,
    processesRead: counts.read,
    refused: counts.refused,
    complete: !cut || owners.isComplete,
    elapsedMs: clock() - start,
  };
}

/** Those most likely to hold the sockets come first. Once it is late the rest is left as it is. */
function rank(pids: readonly number[], namespace: number | null, isLate: () => boolean): Candidate[] {
  const candidates: Candidate[] = [];
  for (const pid of pids) {
    const late = isLate();
    const openFiles = late ? null : countOpenFiles(pid);
    if (openFiles === undefined) continue;
    const isNear = namespace !== null && !late && openFiles !== 0 && readNetworkNamespace(pid) === namespace;
    candidates.push({ pid, openFiles, isNear });
  }
  return candidates.sort((a, b) => Number(b.isNear) - Number(a.isNear) || (b.openFiles ?? 0) - (a.openFiles ?? 0));
}

function readSockets({ pid, openFiles }: Candidate, owners: SocketOwners, isLate: () => boolean): OpenFilesOutcome {
  if (openFiles === 0) return 'read';
  let untilClock = FILES_PER_CLOCK;
  owners.begin(() => ({ pid, name: readProcessName(pid) ?? EXITED }));
  return forEachOpenFile(pid, openFiles, (inode) => {
    if (inode > 0) owners.add(inode);
    if (owners.isComplete) return false;
    untilClock -= 1;
    if (untilClock > 0) return true;
    untilClock = FILES_PER_CLOCK;
    return !isLate();
  });
}
