import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/changes/apply.ts';
import { type Changeable, previewChanges } from '../../src/changes/changeable.ts';
import { entryState } from '../../src/changes/entry-state.ts';
import { Journal } from '../../src/changes/journal.ts';
import type { JournalEntry } from '../../src/changes/journal-entry.ts';
import type { RecordedChange } from '../../src/changes/recorded-change.ts';
import { SYSCTL_FILE } from '../../src/changes/sysctl-file.ts';
import { type Undone, undoEntry } from '../../src/changes/undo.ts';
import { REMEDIES } from '../../src/remedies/catalog.ts';
import type { Change } from '../../src/remedies/change.ts';
import { allSettings, asNobody, change, failureOf, placeAt, placeHere, processElsewhere } from '../kit/changes.ts';
import { machineLike } from '../kit/machines.ts';
import { currentNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { readSysctl, writeSysctl } from '../kit/sysctl.ts';
import { withoutCapabilities } from '../kit/without-capabilities.ts';

const RANGE = 'ip_local_port_range';
const RESERVED = 'ip_local_reserved_ports';
const WIDENING = [change(RESERVED, '8080'), change(RANGE, '1024 65535')];

usesPrivateNamespace();

let journal: Journal;
let place: Changeable;

beforeEach(() => {
  journal = new Journal(temporaryFolder());
  place = placeHere();
});

const now = (setting: string): string => readSysctl(`ipv4.${setting}`).replace(/\s+/g, ' ');

function apply(changes: readonly Change[], where: Changeable = place): JournalEntry {
  return applyChanges(where, 'test', previewChanges(where, changes, false), journal);
}

const openEntries = (): JournalEntry[] => journal.read().filter(({ closed }) => closed === null);

function undo(entry: JournalEntry, options: { force?: boolean } = {}): Undone {
  return undoEntry(entry, openEntries(), journal, { force: false, root: place.root as string, ...options });
}

/** Of the only entry. */
const closed = () => journal.read()[0]?.closed;

describe('looking at changes', () => {
  it('tells what is there now, and leaves out what is so already', () => {
    const changes = [change('tcp_tw_reuse', '2'), change(RESERVED, '9000'), change(RANGE, '1024 65535')];
    expect(previewChanges(place, changes, false)).toEqual([
      { kind: 'sysctl', setting: RESERVED, from: '', to: '9000' },
      { kind: 'sysctl', setting: RANGE, from: '32768 60999', to: '1024 65535' },
    ]);
    writeSysctl(`ipv4.${RESERVED}`, '9000');
    expect(previewChanges(place, changes, false).map(({ setting }) => setting)).toEqual([RANGE]);
  });

  it('tells first of the settings, then of the lines that keep them', () => {
    writeFileSync(join(place.root as string, SYSCTL_FILE), `net.ipv4.${RANGE} = 2000  3001\n`);
    expect(previewChanges({ ...place, isHost: true }, [change('tcp_tw_reuse', '2'), ...WIDENING], true)).toEqual([
      { kind: 'sysctl', setting: RESERVED, from: '', to: '8080' },
      { kind: 'sysctl', setting: RANGE, from: '32768 60999', to: '1024 65535' },
      { kind: 'sysctl.d', setting: 'tcp_tw_reuse', from: null, to: '2' },
      { kind: 'sysctl.d', setting: RESERVED, from: null, to: '8080' },
      { kind: 'sysctl.d', setting: RANGE, from: '2000 3001', to: '1024 65535' },
    ]);
  });

  it('refuses to keep what is not the host’s, and says where that is kept', () => {
    const failure = failureOf(() => previewChanges(place, WIDENING, true));
    expect(failure.code).toBe('FT_ARGUMENT');
    expect(failure.hint).toContain('docker run --sysctl');
  });

  it('names a setting that this kernel does not have', () => {
    expect(failureOf(() => previewChanges(place, [change('tcp_tw_recycle', '1')], false))).toMatchObject({
      code: 'FT_UNSUPPORTED',
      message: 'there is no setting net.ipv4.tcp_tw_recycle here',
    });
  });

  it('needs no privileges', () => {
    expect(asNobody(() => previewChanges(place, WIDENING, false))).toHaveLength(2);
  });
});

describe('changes that are applied and undone leave every setting as it was:', () => {
  const listening = [80, 8080, 9000, 9001, 40_000];
  it.each(REMEDIES.filter((remedy) => remedy.changes !== undefined))('$id', ({ id, changes }) => {
    const machine = machineLike({ listening, tcpTimestamps: 0 });
    writeSysctl('ipv4.tcp_timestamps', 0);
    const before = allSettings();
    const entry = applyChanges(place, id, previewChanges(place, changes?.(machine) ?? [], false), journal);
    expect(entry.changes.length).toBeGreaterThan(0);
    expect(journal.read()).toEqual([entry]);
    expect(entry).toMatchObject({ id: 1, remedy: id, closed: null, namespace: { inode: currentNamespace().inode } });
    const after = allSettings();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed.sort()).toEqual(entry.changes.map(({ setting }) => setting).sort());
    const undone = undo(entry);
    expect(allSettings()).toEqual(before);
    expect(undone).toMatchObject({ how: 'undone', alreadyBack: [] });
    const reversed = entry.changes.map(({ from, to, ...rest }) => ({ ...rest, from: to, to: from })).reverse();
    expect(undone.restored).toEqual(reversed);
    expect(journal.read()).toEqual([undone.entry]);
    expect(closed()).toMatchObject({ how: 'undone', note: null });
  });

  it('those of a machine whose list of reserved ports is longer than a page', () => {
    const list = Array.from({ length: 3_000 }, (_, index) => 40_001 + 2 * index).join(',');
    const isListed = (): boolean =>
      execFileSync('cat', [`/proc/sys/net/ipv4/${RESERVED}`], { encoding: 'latin1' }) === `${list}\n`;
    apply([change(RESERVED, list)]);
    expect(isListed()).toBe(true);
    const entry = apply([change(RESERVED, `8080,${list}`)]);
    expect(isListed()).toBe(false);
    undo(entry);
    expect(isListed()).toBe(true);
  });

  it('those of another namespace, which a process is in', async () => {
    const { pid } = await processElsewhere();
    const there = placeAt(`${pid}`, { name: 'web' });
    const before = allSettings();
    const entry = apply(WIDENING, there);
    expect(allSettings()).toEqual(before);
    expect(entryState(entry)).toMatchObject({ place: 'found', changes: [{ state: 'made' }, { state: 'made' }] });
    expect(undo(entry).restored).toHaveLength(2);
    expect(previewChanges(there, WIDENING, false)).toEqual(entry.changes);
    expect(allSettings()).toEqual(before);
  });
});

describe('a change that the kernel refuses', () => {
  it('is named with its value and what the kernel wants, and those before it are taken back', () => {
    const before = allSettings();
    const changes = previewChanges(place, [change(RESERVED, '8080'), change(RANGE, '1000 65535')], false);
    const failure = failureOf(() => applyChanges(place, 'test', changes, journal));
    expect(failure).toMatchObject({
      code: 'FT_KERNEL',
      message: `net.ipv4.${RANGE} cannot be set to '1000 65535': EINVAL; net.ipv4.${RESERVED} is as before again`,
      hint: 'The low end must not be below net.ipv4.ip_unprivileged_port_start, which is 1024 there.',
    });
    expect(allSettings()).toEqual(before);
    expect(closed()).toMatchObject({
      how: 'failed',
      note: `net.ipv4.${RANGE} cannot be set to '1000 65535': EINVAL`,
    });
  });

  it.each([
    [RANGE, '60000 50000', 'The low end is above the high end.'],
    [RANGE, '50000 70000', 'It takes two ports from 1 to 65535.'],
    ['tcp_tw_reuse', '7', 'It takes 0, 1 or 2.'],
    [RESERVED, '70000', 'It takes ports and ranges of ports up to 65535, with commas between.'],
  ])('says why: %s of %s', (setting, value, hint) => {
    const before = now(setting);
    const record: RecordedChange = { kind: 'sysctl', setting, from: before, to: value };
    expect(failureOf(() => applyChanges(place, 'test', [record], journal))).toMatchObject({
      code: 'FT_KERNEL',
      message: `net.ipv4.${setting} cannot be set to '${value}': EINVAL`,
      hint,
    });
    expect(now(setting)).toBe(before);
    expect(closed()?.how).toBe('failed');
  });

  it('is one that it has taken otherwise than it was meant', () => {
    const failure = failureOf(() => apply([change(RANGE, '1024 65535 7')]));
    expect(failure.message).toBe(
      `net.ipv4.${RANGE} was set to '1024 65535 7' and reads '1024 65535'; net.ipv4.${RANGE} is as before again`,
    );
    expect(now(RANGE)).toBe('32768 60999');
    expect(closed()?.how).toBe('failed');
  });

  it('leaves the entry open, and says what stands, where those before it cannot be taken back', () => {
    const changes = previewChanges(place, WIDENING, false);
    const from = '32768 60999 7';
    const broken = changes.map((one) => (one.setting === RANGE ? { ...one, from } : one));
    const failure = failureOf(() =>
      applyChanges(
        place,
        'test',
        [...broken, { kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '7' }],
        journal,
      ),
    );
    expect(failure.code).toBe('FT_KERNEL');
    expect(failure.message).toMatch(/tcp_tw_reuse cannot be set to '7': EINVAL; it could not be taken back/);
    expect(failure.message).toContain(`net.ipv4.${RESERVED} is '8080', was nothing`);
    expect(failure.hint).toBe('`fourtuple fix --undo 1` takes back what is left.');
    expect(openEntries()).toHaveLength(1);
  });
});

describe('what cannot be written', () => {
  const untouched = (): void => expect(journal.read()).toEqual([]);

  it('comes before the journal: another user’s setting', () => {
    const changes = previewChanges(place, WIDENING, false);
    const failure = asNobody(() => failureOf(() => applyChanges(place, 'test', changes, journal)));
    expect(failure).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: `net.ipv4.${RESERVED} may not be written without CAP_NET_ADMIN`,
    });
    untouched();
  });

  it('comes before the journal: a namespace that may not be entered', async () => {
    const { pid } = await processElsewhere();
    const there = placeAt(`${pid}`);
    const changes = previewChanges(there, WIDENING, false);
    const failure = withoutCapabilities(() => failureOf(() => applyChanges(there, 'test', changes, journal)));
    expect(failure.code).toBe('FT_PRIVILEGE');
    expect(failure.message).toContain('CAP_SYS_ADMIN');
    untouched();
  });

  it('comes before the journal: the second of two', () => {
    const changes: RecordedChange[] = [
      { kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '1' },
      { kind: 'sysctl', setting: 'tcp_tw_recycle', from: '0', to: '1' },
    ];
    expect(failureOf(() => applyChanges(place, 'test', changes, journal)).code).toBe('FT_UNSUPPORTED');
    expect(now('tcp_tw_reuse')).toBe('2');
    untouched();
  });

  it('leaves all as it is where the journal cannot be written', () => {
    const changes = previewChanges(place, WIDENING, false);
    const before = allSettings();
    const nowhere = new Journal('/proc/fourtuple');
    expect(failureOf(() => applyChanges(place, 'test', changes, nowhere)).code).toBe('FT_JOURNAL');
    expect(allSettings()).toEqual(before);
  });
});

describe('root without capabilities', () => {
  // `net_ctl_permissions()` gives the owner of the files what CAP_NET_ADMIN gives others.
  it('changes settings of its own namespace, and takes them back', () => {
    withoutCapabilities(() => {
      const entry = apply(WIDENING);
      expect(now(RANGE)).toBe('1024 65535');
      undo(entry);
    });
    expect(now(RANGE)).toBe('32768 60999');
  });
});
