import type { FindingReport } from '../../diagnosis/report.ts';
import { formatLane } from '../../tcp/lane.ts';
import type { AgentEvent } from '../agent-event.ts';

const LEVELS = { info: 'info', warning: 'warning', critical: 'error' } as const;

/** What begins to be wrong, and what ends: an event each. */
export class FindingChanges {
  #last: ReadonlyMap<string, FindingReport> = new Map();

  /** @param findings of the newest examination */
  compare(findings: readonly FindingReport[]): AgentEvent[] {
    const now = new Map(findings.map((finding) => [keyOf(finding), finding]));
    const events: AgentEvent[] = [];
    for (const [key, finding] of now) {
      if (this.#last.get(key)?.severity === finding.severity) continue;
      events.push({
        level: LEVELS[finding.severity],
        event: finding.code,
        message: finding.summary,
        ...fieldsOf(finding),
      });
    }
    for (const [key, finding] of this.#last) {
      if (now.has(key)) continue;
      events.push({ level: 'info', event: `${finding.code}-over`, message: overOf(finding), ...fieldsOf(finding) });
    }
    this.#last = now;
    return events;
  }
}

function keyOf({ code, namespace, namespaceInode, lane }: FindingReport): string {
  return `${code} ${namespace ?? namespaceInode} ${lane === null ? '' : formatLane(lane)}`;
}

function overOf(finding: FindingReport): string {
  const where = placeOf(finding);
  return `No longer so: ${finding.code}${where === '' ? '' : ` of ${where}`}.`;
}

function placeOf({ namespace, lane }: FindingReport): string {
  return [namespace, lane === null ? null : formatLane(lane)].filter((part) => part !== null).join(' ');
}

function fieldsOf(finding: FindingReport): Pick<AgentEvent, 'subject' | 'fields'> {
  const { severity, namespace, lane } = finding;
  const fields = { severity, namespace, lane: lane === null ? null : formatLane(lane) };
  return { subject: placeOf(finding) || undefined, fields };
}
