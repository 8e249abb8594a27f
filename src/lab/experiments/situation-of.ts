import type { Machine } from '../../remedies/machine.ts';
import type { LaneFacts, Situation } from '../../remedies/remedy.ts';
import type { Lane } from '../../tcp/lane.ts';
import { type LaneModel, modelSlots } from '../../tcp/lane-model.ts';

/** A lane between two hosts whose slots are all held by live connections: what a remedy is asked about for its commands. */
export function situationOf(
  { source, destination, port }: Pick<Lane, 'source' | 'destination' | 'port'>,
  model: LaneModel,
  machine: Machine,
): Situation {
  const slots = modelSlots(model);
  const lane: LaneFacts = {
    ...{ source, destination, port, slots, used: slots, live: slots, timeWait: 0, model },
    ...{ isLocal: false, reuse: false, program: null },
    pool: 'lane',
  };
  return { lane, machine, network: null };
}
