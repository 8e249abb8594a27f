import type { Program, Situation } from '../remedies/remedy.ts';
import { reuseApplies } from '../tcp/time-wait.ts';
import { afterCloseSeconds, laneFacts } from './lane-facts.ts';
import type { LaneReport, NamespaceReport } from './report.ts';
import type { Scene } from './scene.ts';

/** Where a lane is. */
type Place = Pick<Scene, 'machine' | 'namespace'>;

/**
 * What a remedy is judged by for a lane.
 *
 * @param lane one of the namespace's; undefined for a lane that closes its connections at once
 * @param place all lanes that share the slots of this one are among the namespace's
 * @param programOf the program of a process, with its version where its executable tells it
 */
export function situationOf(
  lane: LaneReport | undefined,
  { machine, namespace }: Place,
  programOf: (lane: LaneReport) => Program | null,
): Situation {
  return lane === undefined
    ? { lane: laneFacts(anyLane(namespace), machine, null), machine, network: null }
    : {
        lane: laneFacts(lane, machine, programOf(lane), countSharers(lane, namespace)),
        machine,
        network: lane.network,
      };
}

/**
 * Like {@link situationOf}, for what a lane without any connection would be, with `*` for its addresses and port 0: one
 * whose own end closes its connections, and at once.
 */
export function closingSituation({ machine, namespace }: Place): Situation {
  const reuse = reuseApplies(machine, false, true);
  const lane = laneFacts({ ...anyLane(namespace), source: '*', destination: '*', reuse }, machine, null);
  const model = { ...lane.model, afterCloseSeconds: afterCloseSeconds({ reuse }, machine) };
  return { lane: { ...lane, model }, machine, network: null };
}

function countSharers({ pool, source, device }: LaneReport, { lanes }: NamespaceReport): number {
  if (pool === 'lane') return 1;
  return lanes.filter((lane) => lane.pool === pool && lane.source === source && lane.device === device).length;
}

/** What a finding about the whole namespace is judged by where no lane is used. */
function anyLane({ ports }: NamespaceReport): LaneReport {
  return {
    ...{ source: 'SOURCE', destination: 'DESTINATION', port: 0, device: null, pool: 'lane', states: { TIME_WAIT: 0 } },
    ...{ slots: ports.usable, used: 0, live: 0, reclaimable: 0, free: ports.usable, utilization: 0, reuse: false },
    ...{ opensPerSecond: null, rates: { second: null, tenSeconds: null, minute: null }, holdSeconds: 0, cliffAt: null },
    ...{ secondsToCliff: null, secondsToExhaustion: null, settlesAt: null, network: null, processes: [], unit: null },
    ...{ attempts: null, refusals: null },
  };
}
