import { readlinkSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { asNobody, placeHere, processElsewhere } from '../../test/kit/changes.ts';
import { currentNamespace } from '../../test/kit/network-namespace.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { INITIAL_PID_NAMESPACE } from '../linux/initial-namespace.ts';
import { openNamespace, ownNamespaceInode } from '../linux/network-namespace.ts';
import { recordNamespace } from './changeable.ts';
import { describeNamespace, findNamespace, isSameNamespace } from './find-namespace.ts';
import type { NamespaceRecord } from './journal-entry.ts';

const ANOTHER_BOOT = '00000000-0000-4000-8000-000000000000';
/** No namespace has it: inodes of /proc begin above. */
const NO_INODE = 7;

/** `found` with its inode; what else there is to say about it otherwise. */
function find(record: NamespaceRecord): string {
  const found = findNamespace(record);
  if (found.place === 'gone') return `gone: ${found.why}`;
  if (found.place === 'unreachable') return `unreachable: ${found.error.code} ${found.error.message}`;
  const { inode } = found.handle;
  found.handle.close();
  return `found ${inode}`;
}

/** Whether nothing of the machine is hidden from this process. */
function seesAll(): boolean {
  return (
    readlinkSync('/proc/self/ns/pid') === `pid:[${INITIAL_PID_NAMESPACE}]` &&
    readlinkSync('/proc/self/ns/mnt') === readlinkSync('/proc/2/ns/mnt')
  );
}

/** A namespace that only a process is in, as the journal names it. */
async function elsewhere(): Promise<{ record: NamespaceRecord; end(): Promise<void> }> {
  const { pid, end } = await processElsewhere();
  const handle = openNamespace(`${pid}`);
  const record = recordNamespace({ handle, name: null, isHost: false });
  handle.close();
  return { record, end };
}

describe('the namespace of an entry', () => {
  usesPrivateNamespace();

  it('is found where this process is in it', () => {
    const record = recordNamespace(placeHere({ name: 'web' }));
    expect(record).toMatchObject({ inode: currentNamespace().inode, isHost: false, name: 'web' });
    expect(find(record)).toBe(`found ${record.inode}`);
    expect(find({ ...record, cookie: null, bootId: null })).toBe(`found ${record.inode}`);
  });

  it('is found where another process is in it', async () => {
    const { record } = await elsewhere();
    expect(record.inode).not.toBe(ownNamespaceInode());
    expect(find(record)).toBe(`found ${record.inode}`);
  });

  it('is out of reach without the privileges to enter it, which does not mean that it is gone', async () => {
    const { record } = await elsewhere();
    expect(asNobody(() => find(record))).toMatch(/^unreachable: FT_(PRIVILEGE|NAMESPACE) /);
    expect(find(record)).toBe(`found ${record.inode}`);
  });

  it('is gone where its inode has another cookie', () => {
    const record = recordNamespace(placeHere());
    expect(find({ ...record, cookie: `${BigInt(record.cookie ?? 0) + 1n}` })).toBe(
      `gone: net:[${record.inode}] is another network namespace now`,
    );
  });

  it('is gone after a boot, whatever has its inode and its cookie now', () => {
    expect(find({ ...recordNamespace(placeHere()), bootId: ANOTHER_BOOT })).toBe(
      'gone: the machine has been booted since',
    );
  });

  it('is the host’s in any boot, with any inode', () => {
    const record = { inode: NO_INODE, cookie: '7', bootId: ANOTHER_BOOT, isHost: true, name: 'host' };
    const found = find(record);
    if (seesAll()) expect(found).toBe(`found ${inodeOfKernel()}`);
    else expect(found).not.toMatch(/^gone/);
  });
});

describe('a namespace that is not in the list', () => {
  usesPrivateNamespace();
  beforeEach(({ skip }) => {
    if (!seesAll()) skip('needs the initial PID and mount namespaces');
  });

  it('is gone', async () => {
    const { record, end } = await elsewhere();
    // The kit's own handles hold it too.
    expect(find({ ...record, inode: NO_INODE })).toBe('gone: no process is in it any more, and no file keeps it');
    await end();
    expect(find(record)).toBe('gone: no process is in it any more, and no file keeps it');
  });

  it('may be there where processes are hidden', () => {
    const record = { ...recordNamespace(placeHere()), inode: NO_INODE, name: 'web' };
    expect(asNobody(() => find(record))).toBe(
      `unreachable: FT_NAMESPACE the network namespace 'web' (net:[${NO_INODE}]) is not to be seen from here`,
    );
  });
});

describe('two records', () => {
  const record = { inode: 4_026_532_000, cookie: '12', bootId: ANOTHER_BOOT, isHost: false, name: 'web' };

  it('are about one namespace where boot, inode and cookie are the same, or both are the host’s', () => {
    expect(isSameNamespace(record, { ...record, name: null })).toBe(true);
    for (const other of [{ inode: 1 }, { cookie: '13' }, { bootId: null }, { isHost: true }]) {
      expect(isSameNamespace(record, { ...record, ...other })).toBe(false);
    }
    const host = { ...record, isHost: true };
    expect(isSameNamespace(host, { ...host, inode: 1, bootId: null, cookie: null })).toBe(true);
  });

  it('are described by name and inode', () => {
    expect(describeNamespace(record)).toBe("the network namespace 'web' (net:[4026532000])");
    expect(describeNamespace({ ...record, name: null })).toBe('the network namespace net:[4026532000]');
    expect(describeNamespace({ ...record, isHost: true })).toBe('the host’s network namespace');
  });
});

function inodeOfKernel(): number {
  return Number(/\d+/.exec(readlinkSync('/proc/2/ns/net'))?.[0]);
}
