import * as v from 'valibot';
import type { NamespaceReport, Report } from '../../../diagnosis/report.ts';
import { excerpt } from '../../../linux/printable.ts';
import type { AgentView } from '../../agent-view.ts';
import { namespaceLabel } from '../../sample.ts';
import { namespace, wholeNumber } from '../query-values.ts';
import { Refusal } from '../refusal.ts';
import { queried, type Route } from '../route.ts';
import { jsonAnswer } from './json-answer.ts';

const MOST_LANES = 1_000;

export function reportRoute(view: AgentView): Route {
  const entries = { namespace: v.optional(namespace), top: v.optional(wholeNumber(1, MOST_LANES)) };
  return queried('/api/report', entries, async (query) => {
    const report = await view.report();
    const chosen = query.namespace === undefined ? report : onlyNamespace(report, query.namespace);
    return jsonAnswer(withTopLanes(chosen, query.top ?? Number.POSITIVE_INFINITY));
  });
}

function onlyNamespace(report: Report, label: string): Report {
  const namespaces = report.namespaces.filter((one) => namespaceLabel(one) === label);
  if (namespaces.length === 0) {
    const known = report.namespaces.slice(0, 10).map(namespaceLabel).join(', ');
    throw new Refusal('not-sampled', `there is no namespace '${excerpt(label)}' here`, {
      hint: `There is ${known || 'none'}${report.namespaces.length > 10 ? ', and others' : ''}.`,
    });
  }
  const findings = report.findings.filter((finding) => namespaces.some((one) => isOf(finding, one)));
  return { ...report, namespaces, findings };
}

function isOf(finding: Report['findings'][number], { inode, name }: NamespaceReport): boolean {
  return finding.namespaceInode === null ? finding.namespace === name : finding.namespaceInode === inode;
}

function withTopLanes(report: Report, top: number): Report {
  const namespaces = report.namespaces.map((one) => {
    const omitted = Math.max(0, one.lanes.length - top);
    return omitted === 0 ? one : { ...one, lanes: one.lanes.slice(0, top), lanesOmitted: one.lanesOmitted + omitted };
  });
  return { ...report, namespaces };
}
