import type { LaneModel } from '../tcp/lane-model.ts';

/** What one more source or destination makes of a lane, where connections are spread evenly over both: two like it. */
export function doubleLanes(model: LaneModel): LaneModel {
  return { ...model, lanes: model.lanes * 2 };
}
