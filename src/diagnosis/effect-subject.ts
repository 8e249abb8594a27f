import type { Remedy, Situation } from '../remedies/remedy.ts';
import type { Lane } from '../tcp/lane.ts';
import type { LaneModel } from '../tcp/lane-model.ts';
import type { Examination } from './examination.ts';
import { closingSituation, situationOf } from './lane-situation.ts';
import { programOf } from './program.ts';
import type { LaneReport } from './report.ts';

/** A lane that a remedy is expected to do something for, before and after it. */
export interface Subject {
  /** undefined for the hypothetical lane of a namespace without any. */
  readonly was: LaneReport | undefined;
  /** undefined where it is not listed any more. */
  readonly now: LaneReport | undefined;
  readonly model: LaneModel;
  readonly predicted: LaneModel;
}

/** @param wanted as it was expected, in `before` */
export function subjectOf(remedy: Remedy, wanted: Lane, before: Examination, after: Examination): Subject {
  const was = findLane(before, wanted);
  const situation = situationIn(before, was);
  return { was, now: findLane(after, wanted), model: situation.lane.model, predicted: predict(remedy, situation) };
}

/**
 * What a remedy is judged by for a lane.
 *
 * @param lane undefined for a hypothetical one
 */
export function situationIn(examined: Examination, lane: LaneReport | undefined): Situation {
  return lane === undefined ? closingSituation(examined) : situationOf(lane, examined, programOf);
}

export function predict(remedy: Remedy, { lane, machine, network }: Situation): LaneModel {
  return remedy.predict(lane.model, machine, network);
}

/** Whether a remedy is expected to have connect() take over TIME_WAIT slots, or take them over at another age. */
export function isReuseExpected({ model, predicted }: Pick<Subject, 'model' | 'predicted'>): boolean {
  return predicted.afterCloseSeconds !== model.afterCloseSeconds;
}

function findLane({ namespace }: Examination, { source, destination, port, device }: Lane): LaneReport | undefined {
  return namespace.lanes.find(
    (lane) =>
      lane.port === port && lane.destination === destination && lane.source === source && lane.device === device,
  );
}
