import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/changes/apply.ts';
import { type Changeable, previewChanges, recordNamespace } from '../../src/changes/changeable.ts';
import { entryState } from '../../src/changes/entry-state.ts';
import { Journal } from '../../src/changes/journal.ts';
import type { JournalEntry, NamespaceRecord } from '../../src/changes/journal-entry.ts';
import type { RecordedChange } from '../../src/changes/recorded-change.ts';
import { openLine, readLine, SYSCTL_FILE } from '../../src/changes/sysctl-file.ts';
import { type Undone, type UndoOptions, undoEntry } from '../../src/changes/undo.ts';
import type { Change } from '../../src/remedies/change.ts';
import { allSettings, asNobody, change, failureOf, placeAt, placeHere, processElsewhere } from '../kit/changes.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { readSysctl, reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';

const RANGE = 'ip_local_port_range';
const RESERVED = 'ip_local_reserved_ports';
const WIDENING = [change(RESERVED, '8080'), change(RANGE, '1024 65535')];
const ANOTHER_BOOT = '00000000-0000-4000-8000-000000000000';

usesPrivateNamespace();

let journal: Journal;
let place: Changeable;
let root: string;

beforeEach(() => {
  journal = new Journal(temporaryFolder());
  place = placeHere();
  root = place.root as string;
});

const now = (setting: string): string => readSysctl(`ipv4.${setting}`).replace(/\s+/g, ' ');

function apply(changes: readonly Change[], where: Changeable = place): JournalEntry {
  return applyChanges(where, 'test', previewChanges(where, changes, false), journal);
}

/** An entry that was written, and nothing after it. */
function write(changes: readonly RecordedChange[], namespace: NamespaceRecord = recordNamespace(place)): JournalEntry {
  return journal.add({ at: new Date().toISOString(), remedy: 'test', namespace, changes });
}

const openEntries = (): JournalEntry[] => journal.read().filter(({ closed }) => closed === null);

function undo(entry: JournalEntry, options: Partial<UndoOptions> = {}): Undone {
  return undoEntry(entry, openEntries(), journal, { force: false, root, ...options });
}

function states(entry: JournalEntry): unknown {
  const state = entryState(entry, root);
  return state.place === 'found' ? state.changes.map((one) => one.state) : state;
}

describe('an entry', () => {
  it('is made, then back', () => {
    const entry = apply(WIDENING);
    expect(states(entry)).toEqual(['made', 'made']);
    setPortRange(32_768, 60_999);
    expect(states(entry)).toEqual(['made', 'back']);
    undo(entry);
    expect(states(entry)).toEqual(['back', 'back']);
  });

  it('is changed where somebody has set something else, and that is told', () => {
    const entry = apply(WIDENING);
    reservePorts('8080,9000');
    expect(entryState(entry, root)).toEqual({
      place: 'found',
      changes: [
        { change: entry.changes[0], now: '8080,9000', state: 'changed' },
        { change: entry.changes[1], now: '1024 65535', state: 'made' },
      ],
    });
  });

  it('is as it was made where the same ports are written in another way', () => {
    const entry = apply([change(RESERVED, '8081,8080,9000')]);
    expect(now(RESERVED)).toBe('8080-8081,9000');
    expect(states(entry)).toEqual(['made']);
    undo(entry);
    expect(now(RESERVED)).toBe('');
  });

  it('needs no privileges to be looked at', () => {
    const entry = apply(WIDENING);
    expect(asNobody(() => states(entry))).toEqual(['made', 'made']);
  });

  it('is unreachable for who may not enter its namespace', async () => {
    const { pid } = await processElsewhere();
    const entry = apply(WIDENING, placeAt(`${pid}`, { name: 'web' }));
    expect(asNobody(() => states(entry))).toMatchObject({ place: 'unreachable', why: expect.any(String) });
    expect(asNobody(() => failureOf(() => undo(entry)).code)).toMatch(/^FT_(NAMESPACE|PRIVILEGE)$/);
    expect(states(entry)).toEqual(['made', 'made']);
  });
});

describe('a way back that was cut off is taken to its end,', () => {
  it('whatever of the changes was made before the crash', () => {
    const before = allSettings();
    const changes = previewChanges(place, [...WIDENING, change('tcp_tw_reuse', '1')], false);
    for (let made = 0; made <= changes.length; made += 1) {
      const entry = write(changes);
      for (const { setting, to } of changes.slice(0, made)) writeSysctl(`ipv4.${setting}`, `${to}\n`);
      const undone = undo(entry);
      expect(undone.restored).toHaveLength(made);
      expect(undone.alreadyBack).toEqual(changes.slice(made));
      expect(allSettings()).toEqual(before);
    }
    expect(openEntries()).toEqual([]);
  });

  it('whatever was restored before the crash', () => {
    const before = allSettings();
    const changes = previewChanges(place, [...WIDENING, change('tcp_tw_reuse', '1')], false);
    for (let restored = 0; restored <= changes.length; restored += 1) {
      const entry = applyChanges(place, 'test', changes, journal);
      for (const { setting, from } of changes.toReversed().slice(0, restored)) {
        writeSysctl(`ipv4.${setting}`, `${from}\n`);
      }
      expect(undo(entry).restored).toHaveLength(changes.length - restored);
      expect(allSettings()).toEqual(before);
    }
  });

  it('also that of a kept setting, whose file was half written', () => {
    writeFileSync(join(root, `${SYSCTL_FILE}.new`), 'net.ipv4.tcp_tw_re');
    const kept: RecordedChange = { kind: 'sysctl.d', setting: 'tcp_tw_reuse', from: null, to: '1' };
    expect(undo(write([kept])).alreadyBack).toEqual([kept]);
    expect(() => readFileSync(join(root, `${SYSCTL_FILE}.new`))).toThrow('ENOENT');
  });
});

describe('what somebody else has changed since', () => {
  it('is not restored, and nothing else is: all values are shown', () => {
    const entry = apply([...WIDENING, change('tcp_tw_reuse', '1')]);
    setPortRange(2_000, 65_001);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const before = allSettings();
    expect(failureOf(() => undo(entry))).toMatchObject({
      code: 'FT_CHANGED',
      message:
        `net.ipv4.${RANGE} has been changed since entry 1: it is '2000 65001' now, was set to '1024 65535', and was '32768 60999' before; ` +
        "net.ipv4.tcp_tw_reuse has been changed since entry 1: it is '0' now, was set to '1', and was '2' before",
      hint: 'To restore it all the same: `fourtuple fix --undo 1 --force`.',
    });
    expect(allSettings()).toEqual(before);
    expect(openEntries()).toEqual([entry]);
  });

  it('is restored by force, which the journal notes', () => {
    const before = allSettings();
    const entry = apply(WIDENING);
    setPortRange(2_000, 65_001);
    const undone = undo(entry, { force: true });
    expect(undone.restored[0]).toEqual({ kind: 'sysctl', setting: RANGE, from: '2000 65001', to: '32768 60999' });
    expect(allSettings()).toEqual(before);
    expect(journal.read()[0]?.closed?.note).toContain("it is '2000 65001' now");
  });

  it('by a later entry, is to be taken back first', () => {
    const before = allSettings();
    const first = apply(WIDENING);
    const other = apply([change('tcp_tw_reuse', '1')]);
    const later = apply([change(RESERVED, '8080,9000')]);
    const last = apply([change(RESERVED, '8080,9000-9001')]);
    const failure = failureOf(() => undo(first));
    expect(failure.code).toBe('FT_CHANGED');
    expect(failure.hint).toBe('Take entry 4 back first, which has changed it since: `fourtuple fix --undo 4`.');
    undo(last);
    expect(failureOf(() => undo(first)).hint).toContain('`fourtuple fix --undo 3`');
    undo(later);
    undo(first);
    expect(now('tcp_tw_reuse')).toBe('1');
    undo(other);
    expect(allSettings()).toEqual(before);
  });

  it('by a later entry that came to nothing, is closed first: it could not go back to what it found', () => {
    const first = apply([change('tcp_tw_reuse', '1')]);
    const later = write([{ kind: 'sysctl', setting: 'tcp_tw_reuse', from: '1', to: '0' }]);
    expect(failureOf(() => undo(first))).toMatchObject({
      code: 'FT_CHANGED',
      message: "net.ipv4.tcp_tw_reuse is changed by entry 2 too: it is '1' now, was set to '1', and was '2' before",
      hint: expect.stringContaining('--undo 2'),
    });
    expect(undo(later)).toMatchObject({ how: 'undone', restored: [] });
    undo(first);
    expect(now('tcp_tw_reuse')).toBe('2');
  });

  it('by a later entry to what it was before, is to be taken back first too', () => {
    const first = apply([change('tcp_tw_reuse', '1')]);
    const later = apply([change('tcp_tw_reuse', '2')]);
    expect(states(first)).toEqual(['back']);
    expect(failureOf(() => undo(first)).hint).toContain('--undo 2');
    undo(later);
    undo(first);
    expect(now('tcp_tw_reuse')).toBe('2');
  });

  it('in another namespace, is another’s', async () => {
    const { pid } = await processElsewhere();
    const first = apply([change('tcp_tw_reuse', '1')]);
    const there = apply([change('tcp_tw_reuse', '0')], placeAt(`${pid}`));
    undo(first);
    undo(there);
    expect(openEntries()).toEqual([]);
  });
});

describe('what the kernel does not take back', () => {
  it('leaves the entry open, to be repeated when it can be', () => {
    setPortRange(2_000, 3_001);
    const before = allSettings();
    const entry = apply([change('tcp_tw_reuse', '1'), change(RANGE, '5000 6001'), change(RESERVED, '5500')]);
    writeSysctl('ipv4.ip_unprivileged_port_start', 4_000);
    expect(failureOf(() => undo(entry))).toMatchObject({
      code: 'FT_KERNEL',
      message:
        `net.ipv4.${RANGE} cannot be set to '2000 3001': EINVAL; ` +
        `entry 1 stays open, with net.ipv4.${RESERVED} taken back`,
      hint:
        'The low end must not be below net.ipv4.ip_unprivileged_port_start, which is 4000 there. ' +
        'Then repeat `fourtuple fix --undo 1`.',
    });
    expect(now(RANGE)).toBe('5000 6001');
    expect(openEntries()).toEqual([entry]);
    writeSysctl('ipv4.ip_unprivileged_port_start', 1_024);
    undo(entry);
    expect(allSettings()).toEqual(before);
  });

  it('is all of it without privileges', () => {
    const entry = apply(WIDENING);
    const undoAsNobody = () => undoEntry(entry, [entry], journal, { force: false, root });
    expect(asNobody(() => failureOf(undoAsNobody))).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: `net.ipv4.${RANGE} may not be written without CAP_NET_ADMIN; entry 1 stays open`,
    });
    expect(states(entry)).toEqual(['made', 'made']);
  });
});

describe('an entry whose namespace is gone', () => {
  function expectGone(entry: JournalEntry, note: string): void {
    const before = allSettings();
    expect(states(entry)).toEqual({ place: 'gone' });
    expect(undo(entry)).toMatchObject({ how: 'gone', restored: [], alreadyBack: [], entry: { closed: { note } } });
    expect(allSettings()).toEqual(before);
    expect(journal.read().at(-1)?.closed).toMatchObject({ how: 'gone', note });
  }

  it('is closed with a note, though another one has its inode: the cookie tells', () => {
    apply(WIDENING);
    const record = { ...recordNamespace(place), cookie: '7', name: 'web' };
    expectGone(
      write(previewChanges(place, [change('tcp_tw_reuse', '1')], false), record),
      `the network namespace 'web' (net:[${record.inode}]) is gone: net:[${record.inode}] is another network namespace now`,
    );
  });

  it('is closed with a note after a boot', () => {
    const record = { ...recordNamespace(place), bootId: ANOTHER_BOOT };
    expectGone(
      write(previewChanges(place, WIDENING, false), record),
      `the network namespace net:[${record.inode}] is gone: the machine has been booted since`,
    );
  });
});

describe('settings that are kept', () => {
  const KEPT: RecordedChange = { kind: 'sysctl.d', setting: RANGE, from: null, to: '1024 65535' };

  /** As if they were of the host: to undo looks for that, and this namespace stands for it. */
  function applyAndKeep(changes: readonly Change[]): JournalEntry {
    const asHost = { ...place, isHost: true };
    const preview = previewChanges(asHost, changes, true);
    const entry = applyChanges(asHost, 'test', preview, journal);
    expect(entry.namespace.isHost).toBe(true);
    return { ...entry, namespace: { ...entry.namespace, isHost: false } };
  }

  it('are taken back with those that are not, and the file with its last line', () => {
    const before = allSettings();
    const entry = applyAndKeep(WIDENING);
    expect(now(RANGE)).toBe('1024 65535');
    expect(readLine(root, RANGE)).toBe('1024 65535');
    expect(readLine(root, RESERVED)).toBe('8080');
    expect(states(entry)).toEqual(['made', 'made', 'made', 'made']);
    expect(undo(entry).restored.map(({ kind, setting }) => `${kind} ${setting}`)).toEqual([
      `sysctl.d ${RANGE}`,
      `sysctl.d ${RESERVED}`,
      `sysctl ${RANGE}`,
      `sysctl ${RESERVED}`,
    ]);
    expect(allSettings()).toEqual(before);
    expect(() => readFileSync(join(root, SYSCTL_FILE))).toThrow('ENOENT');
  });

  it('leave a person’s lines as they were', () => {
    const text = `# mine\nnet.core.somaxconn=1024\nnet/ipv4/${RANGE}=20000 60999\n`;
    writeFileSync(join(root, SYSCTL_FILE), text);
    const entry = applyAndKeep(WIDENING);
    expect(readFileSync(join(root, SYSCTL_FILE), 'utf8')).toContain(`net/ipv4/${RANGE}=1024 65535\n`);
    undo(entry);
    expect(readFileSync(join(root, SYSCTL_FILE), 'utf8')).toBe(text);
  });

  it('are not restored where a person has changed their line', () => {
    const entry = applyAndKeep([change('tcp_tw_reuse', '1')]);
    openLine(root, 'tcp_tw_reuse').write('0');
    const failure = failureOf(() => undo(entry));
    expect(failure.code).toBe('FT_CHANGED');
    expect(failure.message).toBe(
      `net.ipv4.tcp_tw_reuse in ${SYSCTL_FILE} has been changed since entry 1: it is '0' now, was set to '1', and was nothing before`,
    );
    expect(now('tcp_tw_reuse')).toBe('1');
    undo(entry, { force: true });
    expect(readLine(root, 'tcp_tw_reuse')).toBeNull();
    expect(now('tcp_tw_reuse')).toBe('2');
  });

  it('are the host’s, after another boot too', ({ skip }) => {
    const record = { inode: 7, cookie: '7', bootId: ANOTHER_BOOT, isHost: true, name: 'host' };
    const entry = write([KEPT], record);
    openLine(root, RANGE).write('1024 65535');
    if (entryState(entry, root).place === 'unreachable') skip('the host’s namespace cannot be found from here');
    expect(states(entry)).toEqual(['made']);
    expect(undo(entry)).toMatchObject({ how: 'undone', restored: [{ ...KEPT, from: '1024 65535', to: null }] });
    expect(readLine(root, RANGE)).toBeNull();
  });

  it('are those of the host’s file only', () => {
    const entry = applyAndKeep(WIDENING);
    expect(entryState(entry, temporaryFolder())).toMatchObject({
      changes: [{ state: 'made' }, { state: 'made' }, { state: 'back' }, { state: 'back' }],
    });
  });
});
