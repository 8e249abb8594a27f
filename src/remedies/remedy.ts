import type { LaneModel } from '../tcp/lane-model.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import type { Change } from './change.ts';
import type { Instruction } from './instruction.ts';
import type { Machine } from './machine.ts';

/** The lane that a remedy is asked about, the machine it is on, and the network it goes through. */
export interface Situation {
  readonly lane: LaneFacts;
  readonly machine: Machine;
  /** null where no live connection tells. */
  readonly network: NetworkQuality | null;
}

/** What is known of a lane, and what a remedy is judged by. Unknown is null. */
export interface LaneFacts {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly slots: number;
  readonly used: number;
  readonly live: number;
  readonly timeWait: number;
  /** Whether its connections never leave this machine: over loopback, or from an address to itself. */
  readonly isLocal: boolean;
  /** Whether tcp_tw_reuse already applies to its TIME_WAIT slots. */
  readonly reuse: boolean | null;
  /** `source`: bound before connect, the slots are shared by all such lanes of this source. */
  readonly pool: 'lane' | 'source';
  /** The lane in numbers. */
  readonly model: LaneModel;
  /** Who opens its connections; null where not known. */
  readonly program: Program | null;
}

/** A program, by the name that the kernel has for it, and its version where its executable tells it. */
export interface Program {
  readonly name: string;
  readonly version: string | null;
}

/** What it takes to do it, from the least: typing a command, changing a configuration, the network, or a program. */
export const EFFORTS = ['command', 'configuration', 'network', 'code'] as const;
export type Effort = (typeof EFFORTS)[number];

/** Something that a remedy needs and this machine lacks. */
export interface Missing {
  /** `privilege` is missing to this process: a person may have it. The others make the remedy impossible here. */
  readonly kind: 'kernel' | 'setting' | 'privilege';
  /** What is needed, and what is there instead: one sentence without a full stop. */
  readonly text: string;
}

export interface Safety {
  /** null where it cannot be judged. */
  readonly safe: boolean | null;
  /** Why, with the figures that it rests on: one sentence without a full stop. */
  readonly reason: string;
}

/** A change that gives slots or frees them sooner: one file each, holding all there is to know about it. Pure. */
export interface Remedy {
  /** Stable: part of the report. */
  readonly id: string;
  /** What is done, as a command to the reader: `Take over old TIME_WAIT slots (tcp_tw_reuse)`. */
  readonly title: string;
  readonly effort: Effort;
  /** Empty where it can be done here. */
  missing(machine: Machine): readonly Missing[];
  safety(situation: Situation): Safety;
  /**
   * The same lane after it: `doctor`, `plan`, `fix` and `lab` all ask this one.
   *
   * @param network what the lane goes through; null or left out where that is not known
   */
  predict(model: LaneModel, machine: Machine, network?: NetworkQuality | null): LaneModel;
  /** What a person types, the best first. */
  byHand(situation: Situation): readonly Instruction[];
  /** The changes that the program would make; left out where it can make none. */
  changes?(machine: Machine): readonly Change[];
  /** Whether the program does it by releasing sockets for as long as it runs, which leaves nothing to take back. */
  readonly releases?: true;
  /**
   * What the program spreads connections over by programs that it attaches to a cgroup, for the kernel to ask at each
   * connect(): `fix` must be told of which cgroup, over what and for which destinations. It is no setting, and no `changes`.
   */
  readonly spreads?: 'sources' | 'destinations';
}
