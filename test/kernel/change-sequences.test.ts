import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChanges } from '../../src/changes/apply.ts';
import { type Changeable, previewChanges, recordNamespace } from '../../src/changes/changeable.ts';
import { Journal } from '../../src/changes/journal.ts';
import type { JournalEntry } from '../../src/changes/journal-entry.ts';
import type { RecordedChange } from '../../src/changes/recorded-change.ts';
import { SYSCTL_FILE } from '../../src/changes/sysctl-file.ts';
import { readTarget, setTarget, withTargets } from '../../src/changes/targets.ts';
import { undoEntry } from '../../src/changes/undo.ts';
import type { Change } from '../../src/remedies/change.ts';
import type { FourtupleError } from '../../src/tcp/error.ts';
import { change, placeHere } from '../kit/changes.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { temporaryFolder } from '../kit/proxies.ts';

/** In the kernel's own form; the first is what it starts with. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  tcp_tw_reuse: ['2', '0', '1'],
  ip_local_port_range: ['32768 60999', '1024 65535', '40000 50001'],
  ip_local_reserved_ports: ['', '8080', '8080,9000-9003'],
};
const SETTINGS = Object.keys(VALUES);
const KINDS: readonly RecordedChange['kind'][] = ['sysctl', 'sysctl.d'];
const TARGETS = KINDS.flatMap((kind) => SETTINGS.map((setting) => ({ kind, setting })));

/** How many steps a process comes before it is killed. */
type Steps = number;
const WHOLE: Steps = Infinity;

type Action =
  | { readonly act: 'apply'; readonly changes: readonly Change[]; readonly persist: boolean; readonly steps: Steps }
  | { readonly act: 'undo'; readonly which: number; readonly force: boolean; readonly steps: Steps }
  | { readonly act: 'set'; readonly target: number; readonly value: number };

const steps: fc.Arbitrary<Steps> = fc.oneof({ weight: 3, arbitrary: fc.constant(WHOLE) }, fc.nat(4));
const changes = fc
  .tuple(fc.shuffledSubarray(SETTINGS, { minLength: 1 }), fc.nat(2))
  .map(([settings, value]) => settings.map((setting) => change(setting, VALUES[setting]?.[value] as string)));
const apply = fc.record({ act: fc.constant('apply' as const), changes, persist: fc.boolean(), steps });
const undo = (force: fc.Arbitrary<boolean>) =>
  fc.record({ act: fc.constant('undo' as const), which: fc.nat(9), force, steps });
const set = fc.record({ act: fc.constant('set' as const), target: fc.nat(TARGETS.length - 1), value: fc.nat(2) });

usesPrivateNamespace();

const keyOf = ({ kind, setting }: Pick<RecordedChange, 'kind' | 'setting'>): string => `${kind} ${setting}`;

/** What the machine and the journal are to be like: the simplest thing that can be meant. */
class Model {
  readonly now = new Map<string, string | null>();
  readonly open = new Map<number, readonly RecordedChange[]>();

  is({ kind, setting }: RecordedChange, value: string | null): boolean {
    return this.now.get(keyOf({ kind, setting })) === value;
  }

  /** Whether taking an entry back would take away what it does not know of, or another entry's way back. */
  isInTheWay(id: number, one: RecordedChange): boolean {
    const later = [...this.open].filter(([other]) => other > id).flatMap(([, recorded]) => recorded);
    if (later.some((another) => keyOf(another) === keyOf(one))) return true;
    return !this.is(one, one.from) && !this.is(one, one.to);
  }
}

/** One run: a machine that is as the kernel starts it, and a journal of its own. */
class Run {
  readonly model: Model = new Model();
  readonly #place: Changeable;
  readonly #journal: Journal;

  constructor(place: Changeable, folder: string) {
    this.#place = place;
    this.#journal = new Journal(folder);
    rmSync(this.#journal.path, { force: true });
    rmSync(join(place.root as string, SYSCTL_FILE), { force: true });
    for (const setting of SETTINGS) this.#set({ kind: 'sysctl', setting }, VALUES[setting]?.[0] as string);
    for (const target of TARGETS) this.model.now.set(keyOf(target), readTarget(place, target));
  }

  do(action: Action): void {
    if (action.act === 'apply') this.#apply(action.changes, action.persist, action.steps);
    else if (action.act === 'undo') {
      const ids = [...this.model.open.keys()];
      const id = ids[action.which % ids.length];
      if (id !== undefined) this.undo(id, action.force, action.steps);
    } else {
      const target = TARGETS[action.target] as (typeof TARGETS)[number];
      this.#set(target, VALUES[target.setting]?.[action.value] as string);
    }
    this.check();
  }

  #apply(wanted: readonly Change[], persist: boolean, count: Steps): void {
    const preview = previewChanges({ ...this.#place, isHost: true }, wanted, persist);
    if (preview.length === 0) return;
    const entry = count === WHOLE ? applyChanges(this.#place, 'test', preview, this.#journal) : this.#add(preview);
    this.model.open.set(entry.id, preview);
    if (count !== WHOLE) for (const one of preview.slice(0, count)) this.#set(one, one.to);
    else for (const one of preview) this.model.now.set(keyOf(one), one.to);
  }

  #add(preview: readonly RecordedChange[]): JournalEntry {
    const namespace = recordNamespace(this.#place);
    return this.#journal.add({ at: new Date().toISOString(), remedy: 'test', namespace, changes: preview });
  }

  undo(id: number, force: boolean, count: Steps): void {
    const recorded = this.model.open.get(id) as readonly RecordedChange[];
    const isRefused = !force && recorded.some((one) => this.model.isInTheWay(id, one));
    if (count !== WHOLE && !isRefused) {
      const left = recorded.filter((one) => !this.model.is(one, one.from)).toReversed();
      for (const one of left.slice(0, count)) this.#set(one, one.from);
      return;
    }
    expect(this.#undoForReal(id, force)).toBe(isRefused ? 'FT_CHANGED' : 'undone');
    if (isRefused) return;
    this.model.open.delete(id);
    for (const one of recorded) this.model.now.set(keyOf(one), one.from);
  }

  #undoForReal(id: number, force: boolean): string {
    const open = this.#openEntries();
    const entry = open.find((one) => one.id === id) as JournalEntry;
    try {
      return undoEntry(entry, open, this.#journal, { force, root: this.#place.root as string }).how;
    } catch (error) {
      return (error as FourtupleError).code ?? String(error);
    }
  }

  /** Somebody else, or a process that is killed after that. */
  #set(target: Pick<RecordedChange, 'kind' | 'setting'>, value: string | null): void {
    withTargets(this.#place, [target], ([open]) => open !== undefined && setTarget(open, target, value));
    this.model.now.set(keyOf(target), value);
  }

  #openEntries(): JournalEntry[] {
    return this.#journal.read().filter(({ closed }) => closed === null);
  }

  check(): void {
    const real = new Map(TARGETS.map((target) => [keyOf(target), readTarget(this.#place, target)]));
    expect(real).toEqual(this.model.now);
    expect(new Map(this.#openEntries().map(({ id, changes: recorded }) => [id, recorded]))).toEqual(this.model.open);
  }
}

function runs(actions: fc.Arbitrary<Action>, check: (run: Run, before: Model['now']) => void): void {
  const [place, folder] = [placeHere(), temporaryFolder()];
  fc.assert(
    fc.property(fc.array(actions, { minLength: 2, maxLength: 12 }), (sequence) => {
      const run = new Run(place, folder);
      const before = new Map(run.model.now);
      for (const action of sequence) run.do(action);
      check(run, before);
    }),
    { numRuns: 60 },
  );
}

it('whatever is applied and undone, killed or not: taking all back leaves everything as it was', {
  timeout: 120_000,
}, () => {
  runs(fc.oneof({ weight: 2, arbitrary: apply }, undo(fc.constant(false))), (run, before) => {
    for (const id of [...run.model.open.keys()].toReversed()) run.undo(id, false, WHOLE);
    run.check();
    expect(run.model.now).toEqual(before);
    expect(run.model.open.size).toBe(0);
  });
});

it('whatever somebody else sets meanwhile: nothing of it is lost but by force', { timeout: 120_000 }, () => {
  runs(fc.oneof({ weight: 2, arbitrary: apply }, { weight: 2, arbitrary: undo(fc.boolean()) }, set), (run) => {
    for (const id of [...run.model.open.keys()].toReversed()) run.undo(id, true, WHOLE);
    run.check();
    expect(run.model.open.size).toBe(0);
  });
});
