import type { Host } from './host.ts';
import type { Stage } from './stage.ts';

/** A prediction, and its measurement on the real kernel. One file each in experiments/, listed by the catalog. */
export interface Experiment {
  /** What a person types: `capacity`. */
  readonly name: string;
  /** What it asks, with its question mark. */
  readonly question: string;
  /** Ids of the remedies whose predictions it puts to the test; empty where it is about the kernel alone. */
  readonly remedies: readonly string[];
  /** Programs that it cannot do without, besides those of every experiment. */
  readonly programs: readonly string[];
  /** It loads eBPF programs, which the kernel refuses inside a user namespace. */
  readonly needsRoot?: true;
  /** Programs that it stands in for: where one of them is installed, it runs only when it is named. */
  readonly standsInFor?: readonly string[];
  /** How long it takes with the short range, roughly. */
  readonly seconds: number;
  /** `waiting`: for most of its time; others run beside it. `busy`: it measures moments, and runs beside no other busy one. */
  readonly pace: 'waiting' | 'busy';
  /** Sets up its hosts. Nothing is measured yet. */
  open(stage: Stage): Promise<OpenExperiment>;
}

/** An experiment whose hosts are there. */
export interface OpenExperiment {
  /** Where the ports run out: `lab shell` begins here. */
  readonly subject: Host;
  /** What a person at that shell may want to type: a sentence. */
  readonly hint?: string;
  /** States each prediction, then measures it. @throws whatever breaks it off; FT_UNSUPPORTED where it cannot run here */
  run(): Promise<void>;
}
