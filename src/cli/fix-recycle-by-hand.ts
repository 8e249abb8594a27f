import type { Examination } from '../diagnosis/examination.ts';
import { laneFacts } from '../diagnosis/lane-facts.ts';
import type { RecycledLane } from '../recycling/recycle.ts';
import type { Instruction } from '../remedies/instruction.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import type { FixFlags } from './fix-flags.ts';
import { inPlace, lookAt } from './fix-place.ts';

/** So many lanes have a command of their own: whoever types them has no time for more. */
const MOST_LANES = 10;

/** What a person needs to know to recycle lanes without this program, or to let it. */
export interface RecyclingByHand {
  /** What this process or the kernel lacks, one sentence each. */
  readonly missing: readonly string[];
  /** What to type as root. */
  readonly instructions: readonly Instruction[];
}

/**
 * How lanes are recycled by hand, and what this process lacks to do it.
 *
 * @throws FourtupleError where the namespace cannot be looked at
 */
export async function recyclingByHand(
  { netns, lane: pattern }: FixFlags,
  lanes: readonly RecycledLane[],
): Promise<RecyclingByHand> {
  const { examination } = await inPlace(netns, (place) => lookAt(place, pattern));
  return {
    missing: recycleTimeWait.missing(examination.machine).map(({ text }) => text),
    instructions: lanes.slice(0, MOST_LANES).flatMap((lane) => instructionsFor(lane, examination)),
  };
}

/** Nothing for a lane that has gone. */
function instructionsFor(
  { source, destination, port }: RecycledLane,
  { namespace, machine }: Examination,
): readonly Instruction[] {
  const report = namespace.lanes.find(
    (lane) => lane.source === source && lane.destination === destination && lane.port === port,
  );
  if (report === undefined) return [];
  return recycleTimeWait.byHand({ lane: laneFacts(report, machine, null), machine, network: report.network });
}
