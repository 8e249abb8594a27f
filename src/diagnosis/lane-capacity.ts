import { capacityGain, type LaneModel, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';

/** The opens per second that a lane can sustain, as reports tell them; null where ports do not bound them. */
export function sustainedOpens(model: LaneModel): number | null {
  return finite(modelSustainableOpensPerSecond(model), 1);
}

/** By how much a remedy multiplies what a lane can sustain, as reports tell it; null where that is unbounded. */
export function remedyGain(before: LaneModel, after: LaneModel): number | null {
  return finite(capacityGain(before, after), 3);
}

function finite(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}
