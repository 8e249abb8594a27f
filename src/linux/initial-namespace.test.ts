import { existsSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { initialNamespaceInode } from './initial-namespace.ts';

const CONSTANT = 4_026_531_833;
const isInitial = existsSync('/proc/sys/net/core/netdev_max_backlog');

function ownInode(): number {
  return Number(/\d+/.exec(readlinkSync('/proc/thread-self/ns/net'))?.[0]);
}

describe('the initial network namespace', () => {
  it('is the one with the inode that the kernel sets aside for it', () => {
    expect(initialNamespaceInode(4_026_532_178, [4_026_532_200, CONSTANT])).toBe(CONSTANT);
  });

  it('is this one where it has the settings that only the initial one has', ({ skip }) => {
    if (!isInitial) skip('runs in a network namespace that is not the initial one');
    expect(initialNamespaceInode(ownInode(), [])).toBe(ownInode());
    // As on an older kernel, which gives it any inode.
    expect(withoutCapabilities(() => initialNamespaceInode(4_026_531_992, []))).toBe(4_026_531_992);
  });
});

describe('from another network namespace, the initial one', () => {
  usesPrivateNamespace();

  it('is never this one', () => {
    expect(initialNamespaceInode(ownInode(), [])).not.toBe(ownInode());
    expect(withoutCapabilities(() => initialNamespaceInode(ownInode(), []))).not.toBe(ownInode());
  });
});
