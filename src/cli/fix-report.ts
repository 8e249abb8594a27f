import type { ChangeState } from '../changes/entry-state.ts';
import type { Closing, JournalEntry } from '../changes/journal-entry.ts';
import type { RecordedChange } from '../changes/recorded-change.ts';
import type { LaneEffect } from '../diagnosis/remedy-effect.ts';
import type { Instruction } from '../remedies/instruction.ts';
import type { FixHead, NamespaceName } from './fix-head.ts';
import type { FixSpread } from './fix-spread-report.ts';

/**
 * What `fix --json` prints: one object, told apart by `action`. Field names are a promise; times are in seconds, rates per
 * second, and what is unknown is null.
 */
export type FixReport = FixList | FixPreview | FixNothing | FixApplied | FixSpread | FixUndone;

/** `fix`: what can be applied, and what is applied now. */
export interface FixList extends FixHead {
  readonly action: 'list';
  /** Those that gain most first. */
  readonly remedies: readonly ListedRemedy[];
  readonly unavailable: readonly UnavailableRemedy[];
  /** Of all namespaces of this machine, the newest first; null where the journal cannot be read. */
  readonly applied: readonly OpenEntry[] | null;
  /** What is shown with less certainty or cannot be done, and why: one sentence each. */
  readonly notes: readonly string[];
}

/** A remedy that can be applied here. */
export interface ListedRemedy {
  readonly id: string;
  readonly title: string;
  /** Empty where it releases sockets, and where it must be told more. */
  readonly changes: readonly RecordedChange[];
  /** What it must be told besides, as flags; null where nothing. */
  readonly needs: string | null;
  /** Of the lane that `effect` is for, how many TIME_WAIT slots there are to release; null where it releases none. */
  readonly timeWait: number | null;
  /** What it does for the fullest lane, or for one without connections where there is none. */
  readonly effect: LaneEffect;
}

/** A remedy that cannot be applied here. */
export interface UnavailableRemedy {
  readonly id: string;
  /** One sentence without a full stop. */
  readonly why: string;
}

/** What was applied and can be taken back. */
export interface OpenEntry {
  readonly entry: JournalEntry;
  /** What is there now; null where its namespace has gone, or cannot be reached. */
  readonly changes: readonly ChangeState[] | null;
  /** Why that is not known; null where it is. */
  readonly why: string | null;
}

/** What a remedy would do, or has done. */
interface FixRemedy extends FixHead {
  readonly remedy: string;
  readonly title: string;
  readonly changes: readonly RecordedChange[];
  /** The fullest lanes. */
  readonly lanes: readonly LaneEffect[];
  readonly notes: readonly string[];
}

/** `fix REMEDY`: nothing has been changed. */
export interface FixPreview extends FixRemedy {
  readonly action: 'preview';
  /** Why `--apply` would be refused without `--force`; null where it would not. */
  readonly refusal: string | null;
  /** What this process lacks to apply it, one sentence each. */
  readonly missing: readonly string[];
  /** What makes the change. */
  readonly command: string;
  /** What makes it by hand, as root; null where that is done but for the next boot. */
  readonly byHand: Instruction | null;
}

/** `fix REMEDY`, with `--apply` or without, where there is nothing to change. */
export interface FixNothing extends FixHead {
  readonly action: 'nothing';
  readonly remedy: string;
  /** One sentence without a full stop. */
  readonly why: string;
  /** The open entry that made it so; null where it was not this program. */
  readonly entry: JournalEntry | null;
}

/** `fix REMEDY --apply`. */
export interface FixApplied extends FixRemedy {
  readonly action: 'applied';
  /** Its number, for `fix --undo`. */
  readonly id: number;
  readonly lanes: readonly ObservedLane[];
  /** null where it was not or could not be observed. */
  readonly asPredicted: boolean | null;
  /** For how long the lanes were watched, in seconds; 0 where they were not looked at. */
  readonly observedSeconds: number;
  /** What takes it back. */
  readonly undo: string;
}

/** A lane before and after, with what it opened. */
export interface ObservedLane extends LaneEffect {
  /** New connections per second; null where not known. */
  readonly opening: { readonly before: number | null; readonly after: number | null };
}

/** `fix --undo`. */
export interface FixUndone {
  readonly schema: 1;
  readonly action: 'undone';
  /** In the order in which they were taken back. */
  readonly undone: readonly UndoneEntry[];
  /** What could not be taken back, and is open still. */
  readonly failed: readonly FailedUndo[];
  /** The entry that was asked for and is closed already; null where there is none. */
  readonly closed: JournalEntry | null;
}

export interface UndoneEntry {
  readonly id: number;
  readonly remedy: string;
  readonly namespace: NamespaceName;
  readonly how: Closing['how'];
  readonly restored: readonly RecordedChange[];
  /** What was as before already. */
  readonly alreadyBack: readonly RecordedChange[];
}

export interface FailedUndo {
  readonly id: number;
  readonly remedy: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}
