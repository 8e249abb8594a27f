import { setTimeout as sleep } from 'node:timers/promises';
import { applyChanges } from '../changes/apply.ts';
import type { Journal } from '../changes/journal.ts';
import type { JournalEntry } from '../changes/journal-entry.ts';
import { undoEntry } from '../changes/undo.ts';
import { cgroupStillThere, type FoundCgroup } from '../linux/find-cgroup.ts';
import { checkSpreadLoads } from '../linux/spread-object.ts';
import { RunningSpread } from '../spreading/running-spread.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { FixFlags } from './fix-flags.ts';
import { alone, openEntries, openJournal } from './fix-journal.ts';
import { commandLine, printFix, warn } from './fix-output.ts';
import { type FixPlace, inPlace } from './fix-place.ts';
import { endingOnInterrupt } from './fix-recycle-interrupt.ts';
import { type PreparedSpread, prepareSpread } from './fix-spread-place.ts';
import { SpreadProgress } from './fix-spread-progress.ts';
import type { FixSpreadEnded } from './fix-spread-report.ts';
import type { SpreadRemedy } from './fix-spread-request.ts';
import { goingOnUnheard } from './output.ts';
import { describeDuration } from './text/recycle-lane.ts';
import { renderSpreadApplied, renderSpreadEnded } from './text/spread-text.ts';

/** Between two looks: a look may take the kernel a tenth of a second on a machine with many sockets. */
const LOOK_MS = 1_000;
/** Of the time, at most, that looks take. */
const LOOK_SHARE = 0.02;

/** What was applied, and how it goes. */
interface Applied {
  readonly prepared: PreparedSpread;
  readonly entry: JournalEntry;
  readonly running: RunningSpread;
  readonly journal: Journal;
}

/** Attaches a spread: until it is interrupted, or for good. */
export async function applySpread(flags: FixFlags, remedy: SpreadRemedy): Promise<void> {
  await inPlace(flags.netns, async (place) => {
    if (flags.detach === true) await tellDetached(await begin(place, flags, remedy), flags);
    else await holdOn(place, flags, remedy);
  });
}

async function begin(place: FixPlace, flags: FixFlags, remedy: SpreadRemedy): Promise<Applied> {
  // Before anything is written, the journal's folder included, for a process that cannot do it, or a kernel that does not take it.
  const { missing, spread } = await prepareSpread(place, remedy, flags);
  const [lacking] = missing;
  if (lacking !== undefined) throw lacks(lacking);
  checkSpreadLoads(spread);
  return await alone(async () => {
    const journal = openJournal();
    // Another one may have changed something until just now.
    const prepared = await prepareSpread(place, remedy, flags);
    const entry = applyChanges(place, remedy.id, prepared.head.changes, journal);
    try {
      const running = new RunningSpread(place.handle, prepared.cgroup.directory);
      running.begin();
      return { prepared, entry, running, journal };
    } catch (error) {
      undoEntry(entry, openEntries(journal), journal, { force: false });
      throw error;
    }
  });
}

function lacks(what: string): FourtupleError {
  const command = `sudo ${commandLine(process.argv.slice(2))}`;
  return new FourtupleError('FT_PRIVILEGE', what, { hint: `Nothing was changed. As root:\n  ${command}` });
}

async function tellDetached({ prepared, entry, running }: Applied, flags: FixFlags): Promise<void> {
  running.close();
  const undo = commandLine(['fix', '--undo', `${entry.id}`]);
  await printFix({ ...prepared.head, action: 'spread-applied', id: entry.id, undo }, flags.json, renderSpreadApplied);
}

/** What it has come to. */
type Seen = Pick<FixSpreadEnded, 'lanes' | 'counts'>;

/** Attaches it, keeps the counts right until it is to end, and takes all back then. */
async function holdOn(place: FixPlace, flags: FixFlags, remedy: SpreadRemedy): Promise<void> {
  const { applied, start, seen, isGone } = await goingOnUnheard(async () => {
    // Who interrupts it as it begins has it taken back as well.
    const watched = await endingOnInterrupt(async (signal) => {
      const begun = await begin(place, flags, remedy);
      const startedAt = performance.now();
      const [came] = await Promise.allSettled([watchUntilEnd(begun, flags, { signal, startedAt })]);
      return { begun, startedAt, came };
    });
    const { begun, startedAt, came } = watched;
    const wasGone = !cgroupStillThere(begun.prepared.cgroup);
    begun.running.close();
    await endingOnInterrupt((signal) => takeBack(begun, signal));
    if (came.status === 'rejected') throw came.reason;
    return { applied: begun, start: startedAt, seen: came.value, isGone: wasGone };
  });
  const { prepared, entry } = applied;
  const ended = { ...prepared.head, action: 'spread-ended', id: entry.id } as const;
  const seconds = (performance.now() - start) / 1_000;
  await printFix({ ...ended, seconds, ...seen }, flags.json, renderSpreadEnded);
  if (isGone) throw cgroupGone(prepared.cgroup);
}

async function watchUntilEnd(
  applied: Applied,
  flags: FixFlags,
  { signal, startedAt }: { readonly signal: AbortSignal; readonly startedAt: number },
): Promise<Seen> {
  const { prepared, entry, running } = applied;
  const progress = new SpreadProgress(process.stderr, process.env);
  const seconds = (flags.for ?? Number.POSITIVE_INFINITY) / 1_000;
  const end = Number.isFinite(seconds) ? `for ${describeDuration(seconds)}, Ctrl-C ends it sooner` : 'Ctrl-C ends it';
  progress.say(`spreading connections of ${prepared.cgroup.path}: ${prepared.head.spread} (entry ${entry.id}); ${end}`);
  try {
    await watch(applied, { signal, endsAt: startedAt + 1_000 * seconds, progress });
    running.correct();
    return { lanes: running.lanes(), counts: running.counts() };
  } finally {
    progress.end();
  }
}

interface Watch {
  readonly signal: AbortSignal;
  /** `performance.now()`. */
  readonly endsAt: number;
  readonly progress: SpreadProgress;
}

/** Until it is to end, or is gone. */
async function watch({ running, prepared }: Applied, { signal, endsAt, progress }: Watch): Promise<void> {
  let nextLook = 0;
  while (!signal.aborted && performance.now() < endsAt) {
    if (!cgroupStillThere(prepared.cgroup)) return;
    if (!running.isThere()) {
      progress.say('another process has taken it back');
      return;
    }
    const before = performance.now();
    if (before >= nextLook) {
      running.correct();
      const now = performance.now();
      nextLook = Math.max(before + LOOK_MS, now + (now - before) / LOOK_SHARE);
      progress.show(running.lanes(), running.counts(), now);
    }
    await sleep(Math.max(0, Math.min(LOOK_MS, endsAt - performance.now())), undefined, { signal }).catch(() => {});
  }
}

/**
 * Takes all back: what is attached at once, an address when the live connections from it have ended.
 *
 * @param signal a person does not wait for that
 */
async function takeBack({ entry, journal }: Applied, signal: AbortSignal): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    try {
      await alone(() => {
        const open = openEntries(journal);
        if (open.some(({ id }) => id === entry.id)) undoEntry(entry, open, journal, { force: false });
      });
      return;
    } catch (error) {
      if (!(error instanceof FourtupleError) || error.code !== 'FT_CHANGED' || signal.aborted) throw error;
      if (!isTold) warn(`nothing is spread any more. ${error.message}. Waiting; Ctrl-C leaves the address there`);
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }
}

function cgroupGone({ path }: FoundCgroup): FourtupleError {
  return new FourtupleError('FT_CHANGED', `the cgroup ${path} has gone, and with it whose connections were spread`, {
    hint: 'What was changed is as before. A unit that is started anew has a cgroup of its own: apply it again.',
  });
}
