import type { LaneReport, ProcessReport } from '../report.ts';
import type { InboundUse } from '../scene.ts';

/** A program that takes connections and opens others: as a rule, because it passes on what comes in. */
export interface ProxyProgram {
  /** Those with most outbound sockets first. */
  readonly processes: readonly ProcessReport[];
  readonly inbound: readonly InboundUse[];
  readonly lanes: readonly LaneReport[];
}

/** Of these several processes share one listener, and do one work. */
const WITH_WORKERS: ReadonlySet<string> = new Set(['nginx', 'angie', 'haproxy', 'apache2', 'httpd', 'squid']);

/** The proxies of a namespace, those with most outbound lanes first. */
export function findProxies(inbound: readonly InboundUse[], lanes: readonly LaneReport[]): ProxyProgram[] {
  const endpointsOf = byProgram(inbound);
  const lanesOf = byProgram(lanes);
  const proxies: ProxyProgram[] = [];
  for (const [program, taken] of endpointsOf) {
    const opened = lanesOf.get(program);
    if (opened === undefined) continue;
    proxies.push({ processes: processesOf(program, opened), inbound: taken, lanes: opened });
  }
  return proxies.sort((a, b) => b.lanes.length - a.lanes.length);
}

/** What has several programs is of each of them. */
function byProgram<T extends { readonly processes: readonly ProcessReport[] }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    for (const program of new Set(one.processes.map(programOf))) {
      const group = groups.get(program);
      if (group === undefined) groups.set(program, [one]);
      else group.push(one);
    }
  }
  return groups;
}

/** Processes of one name are one program where they are of one unit or container, or known to be workers; else each is. */
function programOf({ pid, name, unit }: ProcessReport): string {
  if (unit !== null) return `${unit} ${name}`;
  return WITH_WORKERS.has(name) ? name : `${pid}`;
}

function processesOf(program: string, lanes: readonly LaneReport[]): ProcessReport[] {
  const found = new Map<number, ProcessReport>();
  for (const process of lanes.flatMap(({ processes }) => processes)) {
    if (programOf(process) !== program) continue;
    const sockets = process.sockets + (found.get(process.pid)?.sockets ?? 0);
    found.set(process.pid, { ...process, sockets });
  }
  return [...found.values()].sort((a, b) => b.sockets - a.sockets);
}
