import { sustainableOpensPerSecond } from './capacity.ts';

/** All that the arithmetic of lanes needs: what a remedy changes, and what plans stack. */
export interface LaneModel {
  /** Lanes that connections are spread over, evenly. */
  readonly lanes: number;
  readonly slotsPerLane: number;
  /** How long a connection lives on average; Infinity where none ever ends. */
  readonly holdSeconds: number;
  /** How long its slot is held afterwards on average: in TIME_WAIT, or until reuse may take it over; 0 for not at all. */
  readonly afterCloseSeconds: number;
}

/** The slots of all lanes of a model. */
export function modelSlots({ lanes, slotsPerLane }: LaneModel): number {
  return lanes * slotsPerLane;
}

/** The opens per second at which the mean of used slots equals the slots; Infinity where no time passes at all. */
export function modelSustainableOpensPerSecond(model: LaneModel): number {
  return sustainableOpensPerSecond(modelSlots(model), model.holdSeconds, model.afterCloseSeconds);
}

/** The mean of used slots, over all lanes (Little's law): more than the slots where the rate cannot be sustained. */
export function modelMeanUsed({ holdSeconds, afterCloseSeconds }: LaneModel, opensPerSecond: number): number {
  return opensPerSecond * (holdSeconds + afterCloseSeconds);
}

/** By how much a change multiplies what can be sustained; the slots where no connection ever ends, before and after. */
export function capacityGain(before: LaneModel, after: LaneModel): number {
  const sustained = modelSustainableOpensPerSecond(before);
  const then = modelSustainableOpensPerSecond(after);
  return sustained === 0 && then === 0 ? modelSlots(after) / Math.max(1, modelSlots(before)) : then / sustained;
}
