import type { LaneReport, NamespaceReport } from '../../src/diagnosis/report.ts';
import { NOT_LOOKED_AT, type Scene } from '../../src/diagnosis/scene.ts';
import { machineLike } from './machines.ts';
import { laneReport, namespaceReport, processReport } from './reports.ts';

/** What rules look at, in a namespace with these lanes; nothing else was looked at where nothing else is said. */
export function ruleScene(
  lanes: readonly LaneReport[],
  more: Partial<Scene> & { readonly in?: Partial<NamespaceReport> } = {},
): Scene {
  const { in: inNamespace = {}, ...others } = more;
  return {
    namespace: namespaceReport(lanes, inNamespace),
    machine: machineLike(),
    ...NOT_LOOKED_AT,
    ...others,
  };
}

/** Scenes of machines on which nothing is wrong: every rule must be silent on every one of them. */
export const HEALTHY: ReadonlyMap<string, Scene> = new Map([
  ['an idle machine', ruleScene([])],
  ['a busy server', busyServer()],
  ['a busy proxy that keeps its connections', busyProxy()],
]);

function busyServer(): Scene {
  const nginx = [processReport(700, 'nginx', 900)];
  return ruleScene(
    [laneReport(['10.0.0.5', '10.0.3.1', 5432], { ESTABLISHED: 40 }, { processes: [processReport(900, 'app', 40)] })],
    {
      counters: { timeWaitOverflows: 0, timeWaitReuses: 0 },
      inbound: [{ address: '10.0.0.5', port: 443, connections: 900, timeWait: 60, clients: 300, processes: nginx }],
      unseenBlocked: { held: 900, asked: 200, blocked: 0, examples: [] },
      settingLines: [],
      in: { totals: { lanes: 1, used: 40, live: 40, timeWait: 0, outsideLanes: 960, timeWaitOutsideLanes: 60 } },
    },
  );
}

function busyProxy(): Scene {
  const haproxy = [processReport(811, 'haproxy', 1_200)];
  const backend = (host: string): LaneReport =>
    laneReport(
      ['10.0.0.5', host, 8080],
      { ESTABLISHED: 590, SYN_SENT: 4, FIN_WAIT2: 3, CLOSE_WAIT: 2, TIME_WAIT: 900 },
      {
        ...{ processes: haproxy, opensPerSecond: 15, reuse: false, holdSeconds: 40, settlesAt: 0.053, cliffAt: 14_116 },
        rates: { second: 15, tenSeconds: 15.2, minute: 14.8 },
      },
    );
  return ruleScene([backend('10.0.1.8'), backend('10.0.1.9')], {
    counters: { timeWaitOverflows: 0, timeWaitReuses: 0 },
    inbound: [{ address: '10.0.0.5', port: 443, connections: 2_400, timeWait: 800, clients: 40, processes: haproxy }],
    unseenBlocked: { held: 900, asked: 200, blocked: 0, examples: [] },
    settingLines: [],
  });
}
