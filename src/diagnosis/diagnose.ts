import type { Program, Situation } from '../remedies/remedy.ts';
import { laneFacts } from './lane-facts.ts';
import { rankRemedies } from './rank-remedies.ts';
import type { FindingReport, LaneReport, NamespaceReport, Severity } from './report.ts';
import type { Finding, Rule } from './rule.ts';
import { RULES } from './rules.ts';
import type { Scene } from './scene.ts';

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

/**
 * What is wrong in a namespace or about to be, the most severe first.
 *
 * @param programOf the program of a process, with its version where its executable tells it
 */
export function diagnose(
  scene: Scene,
  programOf: (lane: LaneReport) => Program | null,
  rules: readonly Rule[] = RULES,
): FindingReport[] {
  const findings = rules.flatMap((rule) => [...rule.examine(scene)].map((finding) => ({ code: rule.code, finding })));
  return findings
    .sort((a, b) => bySeverity(a.finding, b.finding))
    .map(({ code, finding }) => report(code, finding, scene, programOf));
}

/** Orders what has a severity, the most severe first. */
export function bySeverity(a: { readonly severity: Severity }, b: { readonly severity: Severity }): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

function report(
  code: string,
  finding: Finding,
  scene: Scene,
  programOf: (lane: LaneReport) => Program | null,
): FindingReport {
  const { lane, severity, summary, explanation, evidence, unhelpful } = finding;
  return {
    code,
    severity,
    namespace: scene.namespace.name,
    namespaceInode: scene.namespace.inode,
    lane: lane === null ? null : { source: lane.source, destination: lane.destination, port: lane.port },
    summary,
    explanation,
    evidence,
    remedies: rankRemedies(finding.remedies, situationOf(lane ?? scene.namespace.lanes[0], scene, programOf)),
    unhelpful,
  };
}

function situationOf(
  lane: LaneReport | undefined,
  { machine, namespace }: Scene,
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

function countSharers({ pool, source, device }: LaneReport, { lanes }: NamespaceReport): number {
  if (pool === 'lane') return 1;
  return lanes.filter((lane) => lane.pool === pool && lane.source === source && lane.device === device).length;
}

/** A lane that closes its connections at once: what a finding about the whole namespace is judged by where none is used. */
function anyLane({ ports }: NamespaceReport): LaneReport {
  return {
    ...{ source: 'SOURCE', destination: 'DESTINATION', port: 0, device: null, pool: 'lane', states: { TIME_WAIT: 0 } },
    ...{ slots: ports.usable, used: 0, live: 0, reclaimable: 0, free: ports.usable, utilization: 0, reuse: false },
    ...{ opensPerSecond: null, rates: { second: null, tenSeconds: null, minute: null }, holdSeconds: 0, cliffAt: null },
    ...{ secondsToCliff: null, secondsToExhaustion: null, settlesAt: null, network: null, processes: [], unit: null },
  };
}
