import type { PlanReport } from '../plan/answer.ts';
import type { Topology } from '../plan/topology.ts';
import type { PlanFlags } from './plan-flags.ts';
import type { PlanOrigin } from './text/plan-machine.ts';

/** What is planned. */
export interface PlanSubject {
  readonly topology: Topology;
  readonly origin: PlanOrigin;
  /** Names of the tiers whose lanes have no cliff, or none that is known. */
  readonly withoutCliff: ReadonlySet<string>;
}

/**
 * What flags ask about: a machine as it is, a topology of a file, or one that they describe themselves.
 *
 * @throws FourtupleError FT_REPORT, FT_TOPOLOGY where it cannot be read; FT_ARGUMENT where the flags are wrong
 */
export async function subjectOf(flags: PlanFlags, file: string | undefined): Promise<PlanSubject> {
  const { grow } = flags;
  const { topology, origin, withoutCliff } = await presentSubject(flags, file);
  if (grow === undefined) return { topology, origin, withoutCliff };
  const { growTraffic } = await import('./plan-grow.ts');
  return { topology: growTraffic(topology, grow), origin: { ...origin, growth: grow }, withoutCliff };
}

/** With the rates that are given. */
async function presentSubject(flags: PlanFlags, file: string | undefined): Promise<PlanSubject> {
  if (flags.fromStatus !== undefined) {
    const { planFromStatus } = await import('./plan-from-status.ts');
    const { topology, withoutCliff, ...told } = planFromStatus(flags.fromStatus);
    return { topology, origin: { ...told, growth: null }, withoutCliff };
  }
  const topology =
    file === undefined
      ? (await import('./plan-topology.ts')).topologyOf(flags)
      : (await import('./plan-file.ts')).readTopologyFile(file);
  return { topology, origin: { taken: null, growth: null, warnings: [], notes: [] }, withoutCliff: new Set() };
}

/** An answer without a cliff for these tiers. */
export function withoutCliffs(answer: PlanReport, names: ReadonlySet<string>): PlanReport {
  return { ...answer, tiers: answer.tiers.map((tier) => (names.has(tier.name) ? { ...tier, cliffAt: null } : tier)) };
}
