import { libc } from './libc.ts';

/** Resolves relative paths against the working directory (`AT_FDCWD` of linux/fcntl.h). */
export const AT_FDCWD = -100;

/** What a link of /proc names before its inode. */
export type LinkKind = Uint8Array;

export const SOCKET_LINK: LinkKind = linkKind('socket');
export const NETWORK_NAMESPACE_LINK: LinkKind = linkKind('net');
export const PID_NAMESPACE_LINK: LinkKind = linkKind('pid');

// The longest is `pid_for_children:[4294967295]`; paths are cut, and are of no kind that is asked for.
const target = new Uint8Array(48);

const ZERO = 0x30;
const CLOSING_BRACKET = 0x5d;

function linkKind(name: string): LinkKind {
  return new TextEncoder().encode(`${name}:[`);
}

/**
 * Reads the inode that a link of /proc names: `socket:[4711]`, `net:[4026531833]`. Allocates nothing where the path is
 * given as bytes that end with a zero.
 *
 * @returns 0 where the link is of another kind; -1 where it cannot be read, and then `errno()` of libc.ts says why
 */
export function readInodeLink(directory: number, path: string | Uint8Array, kind: LinkKind): number {
  const length = libc.readlinkat(directory, path, target, target.length);
  return length < 0 ? -1 : inodeOf(target, length, kind);
}

function inodeOf(link: Uint8Array, length: number, kind: LinkKind): number {
  const last = length - 1;
  if (last <= kind.length || link[last] !== CLOSING_BRACKET) return 0;
  for (let at = 0; at < kind.length; at += 1) if (link[at] !== kind[at]) return 0;
  let inode = 0;
  for (let at = kind.length; at < last; at += 1) {
    const digit = (link[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    inode = inode * 10 + digit;
  }
  return inode;
}
