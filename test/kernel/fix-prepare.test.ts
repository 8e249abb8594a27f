import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/changes/apply.ts';
import { Journal } from '../../src/changes/journal.ts';
import type { JournalEntry } from '../../src/changes/journal-entry.ts';
import { type FixPlace, inPlace } from '../../src/cli/fix-place.ts';
import { prepare } from '../../src/cli/fix-prepare.ts';
import { findFix } from '../../src/cli/fix-remedies.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { writeSysctl } from '../kit/sysctl.ts';

const FILE = 'etc/sysctl.d/90-fourtuple.conf';
const reuse = findFix('tcp-tw-reuse');
const flags = { observe: 0, persist: true };
const line = { kind: 'sysctl.d', setting: 'tcp_tw_reuse', from: null, to: '1' };
const setting = { kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '1' };

describe('a remedy that is to be kept over the next boot', () => {
  usesPrivateNamespace();

  let root: string;
  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'etc/sysctl.d'), { recursive: true });
  });

  /** In this namespace, as if it were the host's. */
  const onHost = <T>(work: (place: FixPlace) => T | Promise<T>): Promise<T> =>
    inPlace(undefined, (place) => work({ ...place, isHost: true, root }));

  it('changes the setting and the line of the file', async () => {
    expect(await onHost((place) => prepare(place, reuse, flags, []))).toMatchObject({
      changes: [setting, line],
      notes: [],
      byHand: { text: 'sysctl -w net.ipv4.tcp_tw_reuse=1' },
    });
  });

  it('is said to be overridden at boot where a later file sets something else', async () => {
    writeFileSync(join(root, 'etc/sysctl.d/99-local.conf'), '# ours\nnet.ipv4.tcp_tw_reuse = 0\n');
    expect(await onHost((place) => prepare(place, reuse, flags, []))).toMatchObject({
      notes: [expect.stringMatching(/line 2 of \/etc\/sysctl\.d\/99-local\.conf sets net\.ipv4\.tcp_tw_reuse to 0/)],
    });
  });

  it('gets its line where it is in force by an entry already', async () => {
    const journal = new Journal(temporaryFolder());
    const entry = await onHost(
      (place): JournalEntry => applyChanges(place, reuse.id, [{ ...setting, kind: 'sysctl' }], journal),
    );
    const prepared = await onHost((place) => prepare(place, reuse, flags, [entry]));
    expect(prepared).toMatchObject({ changes: [line], byHand: null });
    if ('action' in prepared) throw new Error('there is something to do');
    await onHost((place) => void applyChanges(place, reuse.id, prepared.changes, journal));
    expect(readFileSync(join(root, FILE), 'utf8')).toContain('net.ipv4.tcp_tw_reuse = 1\n');
    expect(await onHost((place) => prepare(place, reuse, flags, [entry]))).toMatchObject({
      ...{ action: 'nothing', why: 'tcp_tw_reuse is already 1', entry: { id: entry.id } },
    });
  });

  it('is left to whoever has set it, where that was not this program', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    expect(await onHost((place) => prepare(place, reuse, flags, []))).toMatchObject({
      ...{ action: 'nothing', entry: null },
      why: expect.stringMatching(
        /^tcp_tw_reuse is already 1, and by another: --persist keeps what fourtuple has applied/,
      ),
    });
  });
});
