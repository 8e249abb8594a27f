import type { JournalEntry } from '../changes/journal-entry.ts';
import { type LaneEffect, observeEffects } from '../diagnosis/remedy-effect.ts';
import type { NamespaceReport } from '../diagnosis/report.ts';
import { watchNamespaces } from '../machine/watch-namespaces.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import { announceWatch } from './announce-watch.ts';
import type { FixFlags } from './fix-flags.ts';
import { printFix, warn } from './fix-output.ts';
import { type FixPlace, lookAt } from './fix-place.ts';
import type { Prepared } from './fix-prepare.ts';
import type { FixApplied, ObservedLane } from './fix-report.ts';
import { print } from './output.ts';
import { renderChanged, renderObserved } from './text/fix-remedy-text.ts';
import { screenOf } from './text/screen.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What was changed, and the entry of the journal that tells of it. */
export interface Made extends Prepared {
  readonly entry: JournalEntry;
}

/** Tells what was applied, watches what becomes of it, and tells that beside the prediction. */
export async function tell(place: FixPlace, remedy: Remedy, made: Made, flags: FixFlags): Promise<void> {
  const applied = unobserved(remedy, made);
  const isText = flags.json !== true;
  const observed = await untilInterrupted(
    async () => {
      if (isText) await print(renderChanged(applied, screenOf(process.stdout, process.env)));
      return flags.observe === 0 ? applied : await observeIfPossible(applied, place, remedy, made, flags);
    },
    async () => {
      if (!isText) await printFix(applied, true, renderObserved);
      warn(`the change stands; to take it back: ${applied.undo}`);
    },
  );
  await printFix(observed, flags.json, renderObserved);
}

function unobserved({ id, title }: Remedy, { head, changes, lanes, notes, entry, examination }: Made): FixApplied {
  return {
    ...{ ...head, action: 'applied', remedy: id, title, changes, notes, id: entry.id },
    lanes: lanes.map((lane) => withOpening(lane, examination.namespace, null)),
    ...{ asPredicted: null, observedSeconds: 0, undo: `fourtuple fix --undo ${entry.id}` },
  };
}

/** What cannot be observed is applied all the same, and has its way back. */
async function observeIfPossible(applied: FixApplied, ...what: Parameters<typeof observe>): Promise<FixApplied> {
  try {
    return { ...applied, ...(await observe(...what)) };
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    warn(`what it has done could not be observed: ${error.message}`);
    return applied;
  }
}

async function observe(
  place: FixPlace,
  remedy: Remedy,
  made: Made,
  { lane, observe: ms }: FixFlags,
): Promise<Pick<FixApplied, 'lanes' | 'asPredicted' | 'observedSeconds'>> {
  const watches = await watchNamespaces([place.handle], ms, announceWatch);
  const { examination: after } = await lookAt(place, lane, watches.get(place.handle.inode));
  const effects = observeEffects(remedy, made.lanes, made.examination, after, place.handle);
  const judged = effects.map(({ asPredicted }) => asPredicted);
  return {
    lanes: effects.map((effect) => withOpening(effect, made.examination.namespace, after.namespace)),
    asPredicted: judged.includes(false) ? false : judged.includes(true) ? true : null,
    observedSeconds: ms / 1_000,
  };
}

function withOpening(lane: LaneEffect, before: NamespaceReport, after: NamespaceReport | null): ObservedLane {
  return { ...lane, opening: { before: opensOf(lane, before), after: after === null ? null : opensOf(lane, after) } };
}

function opensOf({ source, destination, port, device }: LaneEffect, { lanes }: NamespaceReport): number | null {
  const found = lanes.find(
    (lane) =>
      lane.port === port && lane.destination === destination && lane.source === source && lane.device === device,
  );
  return found?.opensPerSecond ?? null;
}
