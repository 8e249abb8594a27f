import { printable } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { FleetReport } from './fleet-report.ts';
import { compareMachines, countStates, machinesOf } from './machine-figures.ts';
import { describeMachines } from './machine-report.ts';
import type { Prometheus } from './prometheus.ts';
import { detailQueries, followUpQueries, type Instances, NOW_QUERY, overviewQueries } from './queries.ts';
import type { Row } from './vector.ts';

export interface FleetRequest {
  /** Label matchers that choose the machines; empty for all. */
  readonly matchers: readonly string[];
  /** How many machines are listed, the worst. */
  readonly top: number;
  /** How many lanes of each. */
  readonly lanes: number;
}

/**
 * Asks Prometheus for the worst machines. However many there are, it takes the same number of queries, all of one instant.
 *
 * @throws FourtupleError FT_PROMETHEUS also where it scrapes no agent
 */
export async function askFleet(prometheus: Prometheus, { matchers, top, lanes }: FleetRequest): Promise<FleetReport> {
  const start = performance.now();
  const inquiry = await inquire(prometheus);
  const overview = await inquiry.ask(overviewQueries(matchers));
  const followUp = await inquiry.ask(followUpQueries(matchers, instancesOf(overview.soon)));
  const machines = machinesOf({ ...overview, ...followUp }).sort(compareMachines);
  if (machines.length === 0) throw noAgents(prometheus, matchers);
  const listed = machines.slice(0, top);
  const named = listed.length === machines.length ? null : instancesOf(listed);
  const details = await inquiry.ask(detailQueries(matchers, named, lanes));
  return {
    schema: 1,
    takenAt: new Date(inquiry.now * 1_000).toISOString(),
    durationSeconds: (performance.now() - start) / 1_000,
    prometheus: prometheus.url,
    machinesTotal: machines.length,
    states: countStates(machines),
    machines: describeMachines({ machines, listed, details, now: inquiry.now }),
    machinesOmitted: machines.length - listed.length,
    notes: [...inquiry.warnings].map((warning) => `Prometheus warns: ${printable(warning)}`),
  };
}

interface Inquiry {
  /** What Prometheus takes for now, in seconds since 1970: all is asked of this instant. */
  readonly now: number;
  readonly warnings: ReadonlySet<string>;
  ask<Name extends string>(queries: Readonly<Record<Name, string>>): Promise<Record<Name, readonly Row[]>>;
}

async function inquire(prometheus: Prometheus): Promise<Inquiry> {
  const warnings = new Set<string>();
  const askOne = async (query: string, at: number | null): Promise<readonly Row[]> => {
    const answer = await prometheus.query(query, at);
    for (const warning of answer.warnings) warnings.add(warning);
    return answer.rows;
  };
  const now = (await askOne(NOW_QUERY, null))[0]?.value;
  if (now === undefined || !Number.isFinite(now)) {
    throw new FourtupleError('FT_PROMETHEUS', `${prometheus.url} is not a Prometheus: it does not tell the time`);
  }
  return {
    now,
    warnings,
    async ask<Name extends string>(queries: Readonly<Record<Name, string>>) {
      const names = Object.keys(queries) as Name[];
      const answers = await Promise.all(names.map(async (name) => [name, await askOne(queries[name], now)] as const));
      return Object.fromEntries(answers) as Record<Name, readonly Row[]>;
    },
  };
}

/** null where one of them has no name that can be asked for. */
function instancesOf(machines: readonly { readonly labels: Readonly<Record<string, string>> }[]): Instances {
  const instances = machines.map(({ labels }) => labels.instance ?? '');
  return instances.includes('') ? null : instances;
}

function noAgents({ url }: Prometheus, matchers: readonly string[]): FourtupleError {
  return matchers.length === 0
    ? new FourtupleError('FT_PROMETHEUS', `Prometheus at ${url} scrapes no agent of fourtuple`, {
        hint: "Run 'fourtuple agent' on each machine, and add them to its scrape_configs: docs/fleet.md shows how.",
      })
    : new FourtupleError(
        'FT_PROMETHEUS',
        `Prometheus at ${url} scrapes no agent that matches {${matchers.join(', ')}}`,
        {
          hint: 'Leave --match out to see which labels its agents have: fourtuple fleet --json.',
        },
      );
}
