import { findKernelOwners } from '../../census/kernel-owners.ts';
import { KernelUnits } from '../../census/kernel-units.ts';
import type { NamespaceCensus } from '../../census/namespace-census.ts';
import type { FoundOwners, OwnedSockets } from '../../census/owners.ts';
import { TimeWaitOwners } from '../../census/time-wait-owners.ts';
import type { Examination } from '../../diagnosis/examination.ts';
import { examineNamespace } from '../../diagnosis/examine-namespace.ts';
import type { ProcessReport, Report } from '../../diagnosis/report.ts';
import type { Scene } from '../../diagnosis/scene.ts';
import { withSockDiag } from '../../diagnosis/with-sock-diag.ts';
import { inNamespace, type NamespaceHandle } from '../../linux/network-namespace.ts';
import { HOST, hostRange, identityOf, type KernelFacts, kernelFacts } from '../../machine/namespace-identity.ts';
import { reportOf } from '../../machine/report-of.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { laneKey } from '../sampling/lane-tallies.ts';
import type { NamespaceSampler } from '../sampling/namespace-sampler.ts';
import type { LaneOwnership } from '../sampling/sample-namespace.ts';
import type { SampledNamespace } from '../sampling/sampled-namespaces.ts';
import type { Sampler } from '../sampling/sampler.ts';

const OWNERS_MS = 25;
/** So many lanes of each namespace are told, and their owners looked for. */
const MOST_LANES = 1_000;

/** Finds out what is wrong with what the last samples counted, and whose the sockets are. */
export class Examiner {
  readonly #sampler: Sampler;
  readonly #kernel: KernelFacts = kernelFacts();
  readonly #owners = new Map<number, TimeWaitOwners>();
  readonly #ownersMs: number;
  #tracedSince: number = performance.now();

  /** @param ownersMs how long the owners of sockets are searched for in each namespace, in milliseconds */
  constructor(sampler: Sampler, ownersMs: number = OWNERS_MS) {
    this.#sampler = sampler;
    this.#ownersMs = ownersMs;
  }

  /** @returns the report of all namespaces that have been sampled; one that has gone meanwhile is left out */
  async examine(): Promise<Report> {
    const start = performance.now();
    const entries = [...this.#sampler.namespaces.values()];
    const known = { host: hostRange(entries.map(({ entry }) => entry)), trace: this.#takeTrace(start) };
    const units = new KernelUnits();
    const examined: Examination[] = [];
    for (const namespace of entries) {
      const sampler = this.#sampler.samplerOf(namespace.entry.inode);
      if (sampler?.taken == null) continue;
      try {
        examined.push(await this.#examineOne(namespace, sampler, sampler.taken, known, units));
      } catch (error) {
        if (!(error instanceof FourtupleError)) throw error;
      }
    }
    for (const inode of this.#owners.keys()) if (!this.#sampler.namespaces.has(inode)) this.#owners.delete(inode);
    return reportOf(examined, start);
  }

  async #examineOne(
    namespace: SampledNamespace,
    sampler: NamespaceSampler,
    taken: NamespaceCensus,
    { host, trace }: Pick<Scene, 'host' | 'trace'>,
    units: KernelUnits,
  ): Promise<Examination> {
    const { entry } = namespace;
    const handle = namespace.open();
    try {
      const examination = await examineNamespace(handle, identityOf(handle, entry, this.#kernel), {
        top: MOST_LANES,
        ownersMs: this.#ownersMs,
        thorough: true,
        host: entry.name === HOST ? null : host,
        taken,
        watched: sampler.watched,
        trace,
        counted: () => ({ lanes: sampler.sample?.counted ?? null, notes: [] }),
      });
      sampler.setOwnership(this.#ownershipOf(handle, taken, examination, units));
      return examination;
    } finally {
      handle.close();
    }
  }

  #takeTrace(now: number): Scene['trace'] {
    if (!this.#sampler.refusalsCounted) return null;
    const seconds = (now - this.#tracedSince) / 1_000;
    this.#tracedSince = now;
    return { seconds, refusals: [...this.#sampler.takeRecentRefusals()] };
  }

  #ownershipOf(
    handle: NamespaceHandle,
    { census, relist }: NamespaceCensus,
    { namespace }: Examination,
    units: KernelUnits,
  ): Map<string, LaneOwnership> {
    let owners = this.#owners.get(handle.inode);
    if (owners === undefined) {
      owners = new TimeWaitOwners(performance.now());
      this.#owners.set(handle.inode, owners);
    }
    const lanes = census.fullest(MOST_LANES);
    const numbers = new Set(lanes.map(({ index }) => index));
    // It lists all sockets once more: not where that takes long, and not for nobody.
    const isWorthIt = relist !== undefined && (!owners.isEmpty || lanes.some(({ live }) => live > 0));
    const find = (inodes: readonly number[]): FoundOwners => findKernelOwners(inodes, this.#ownersMs, handle.inode);
    const timeWaits = isWorthIt
      ? withSockDiag(
          (work) => inNamespace(handle, work),
          (diag) => owners.look(diag, census, numbers, find, performance.now()),
        )
      : null;
    const process = (owned: OwnedSockets): ProcessReport => ({ ...owned, unit: units.ofProcess(owned.pid) });
    const reported = new Map(namespace.lanes.map((lane) => [laneKey(lane), lane]));
    return new Map(
      lanes.map((lane) => {
        const key = laneKey(lane);
        const report = reported.get(key);
        const timeWaitProcesses = (timeWaits?.get(lane.index) ?? []).map(process);
        return [key, { processes: report?.processes ?? [], timeWaitProcesses, unit: report?.unit ?? null }];
      }),
    );
  }
}
