import type { ProcessRef } from '../../linux/socket-source.ts';

const OPENING = 'users:((';
const WITH_LABELS = '",pid=';
/**
 * One owner and what follows it. A process's name may hold all of these characters; it ends where a pid and a file
 * descriptor follow, and then another owner or the end. The 15 bytes of a name are one too few to imitate that. With -T
 * there is a `tid=`, with -Z `proc_ctx=` and `sock_ctx=`.
 */
const OWNER =
  /\("(?<name>.*?)",pid=(?<pid>\d{1,10}),(?:tid=\d{1,10},)?(?:proc_ctx=[^"()\s]*,)?fd=\d{1,10}(?:,sock_ctx=[^"()\s]*)?\)(?:,(?=\(")|(?<last>\)(?=\s|$)))/sy;
/** The same before iproute2 3.12: `("nginx",12,3)`. */
const OWNER_WITHOUT_LABELS = /\("(?<name>.*?)",(?<pid>\d{1,10}),\d{1,10}\)(?:,(?=\(")|(?<last>\)(?=\s|$)))/sy;

/** The owners that ss -p prints, and where they end in the text. */
export interface SsUsers {
  readonly processes: readonly ProcessRef[];
  readonly end: number;
}

/** Whether owners start at this position. */
export function hasUsers(text: string, at: number): boolean {
  return text.startsWith(OPENING, at);
}

/**
 * Reads `users:(("nginx",pid=12,fd=3),("nginx",pid=13,fd=3))`.
 *
 * @returns undefined where it does not end as it should
 */
export function parseSsUsers(text: string, at: number): SsUsers | undefined {
  const processes: ProcessRef[] = [];
  const pattern = text.includes(WITH_LABELS, at) ? OWNER : OWNER_WITHOUT_LABELS;
  pattern.lastIndex = at + OPENING.length - 1;
  for (;;) {
    const owner = pattern.exec(text)?.groups;
    if (owner === undefined) return undefined;
    processes.push({ pid: Number(owner.pid), name: owner.name ?? '' });
    if (owner.last !== undefined) return { processes, end: pattern.lastIndex };
  }
}
