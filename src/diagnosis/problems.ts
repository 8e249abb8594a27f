import { compareRemedies } from './rank-remedies.ts';
import type { FindingReport, RemedyReport, UnhelpfulReport } from './report.ts';

/** All findings about one lane, or one about a namespace as a whole: what a person takes for one problem. */
export interface Problem {
  /** The most severe, which tells what is wrong. */
  readonly main: FindingReport;
  /** What else was found about the lane: causes and companions. */
  readonly others: readonly FindingReport[];
  /** What helps against any of them, the best first. */
  readonly remedies: readonly RemedyReport[];
  readonly unhelpful: readonly UnhelpfulReport[];
}

/** @param findings the most severe first */
export function groupFindings(findings: readonly FindingReport[]): Problem[] {
  const groups = new Map<string, FindingReport[]>();
  for (const [index, finding] of findings.entries()) {
    const key = finding.lane === null ? `${index}` : laneKey(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map(toProblem);
}

function laneKey({ namespaceInode, namespace, lane }: FindingReport): string {
  return `${namespaceInode} ${namespace} ${lane?.source} ${lane?.destination} ${lane?.port}`;
}

function toProblem(findings: readonly FindingReport[]): Problem {
  const [main, ...others] = findings as readonly [FindingReport, ...FindingReport[]];
  return {
    main,
    others,
    remedies: onePerKey(
      findings.flatMap(({ remedies }) => remedies),
      ({ id }) => id,
    ).sort(compareRemedies),
    unhelpful: onePerKey(
      findings.flatMap(({ unhelpful }) => unhelpful),
      ({ what }) => what,
    ),
  };
}

/** The first item of each key, in their order. */
export function onePerKey<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return [...byKey.values()];
}
