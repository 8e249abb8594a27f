import type { Program } from '../remedies/remedy.ts';
import { situationOf } from './lane-situation.ts';
import { rankRemedies } from './rank-remedies.ts';
import type { FindingReport, LaneReport, Severity } from './report.ts';
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
