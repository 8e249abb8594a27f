import type { WatchedCloses } from '../census/compare-closes.ts';
import { countInbound } from '../census/inbound.ts';
import { findKernelOwners } from '../census/kernel-owners.ts';
import { MANY_SOCKETS } from '../census/kernel-scan.ts';
import { KernelUnits } from '../census/kernel-units.ts';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import { measureNetwork } from '../census/network-samples.ts';
import { countOwners } from '../census/owners.ts';
import { samplePorts } from '../census/port-sample.ts';
import { takeCensus } from '../census/take-census.ts';
import type { ClosesWatch } from '../census/watch-closes.ts';
import { inNamespace, type NamespaceHandle } from '../linux/network-namespace.ts';
import { isPortBlocked } from '../linux/port-probe.ts';
import { readSegmentCounts } from '../linux/segment-counts.ts';
import { readSettingLines } from '../linux/sysctl-files.ts';
import { readTcpCounters } from '../linux/tcp-counters.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import { diagnose } from './diagnose.ts';
import { type Examination, LANES_EXAMINED } from './examination.ts';
import { type MachineIdentity, machineOf } from './machine.ts';
import { programOf } from './program.ts';
import type { CountedLaneReport } from './report.ts';
import { type NamespaceReportOptions, reportNamespace } from './report-namespace.ts';
import { narrowNamespace } from './report-narrow.ts';
import { type InboundUse, NOT_LOOKED_AT, type Scene } from './scene.ts';
import { withSockDiag } from './with-sock-diag.ts';

/** How much of a namespace is examined, and how much of it is told. */
export interface ExamineOptions {
  readonly top: number;
  readonly pattern?: LanePattern | undefined;
  /** How long to search for the owners of sockets, in milliseconds. */
  readonly ownersMs: number;
  /** Looks at more than the census does: inbound connections, ports blocked unseen, sysctl files. */
  readonly thorough: boolean;
  /** False goes by the ports alone where the kernel could be asked: see `takeCensus`. */
  readonly askAboutPorts?: boolean | undefined;
  /** The range of the host's namespace, where this is another one. */
  readonly host?: Scene['host'];
  readonly trace?: Scene['trace'];
  /** What spreads count in it: read when it is asked. */
  readonly counted?: (() => Counted) | undefined;
  /** A census of it that has just been taken; left out, one is. */
  readonly taken?: NamespaceCensus | undefined;
  /** What was seen of closes, of the lanes of `taken`; left out, `watch` tells. */
  readonly watched?: WatchedCloses | undefined;
  /** A watch over this namespace that has begun, to be ended here; left out, opens are known by TIME_WAIT alone. */
  readonly watch?: ClosesWatch | undefined;
}

/** What spreads count in a namespace. */
export interface Counted {
  /** Those too that no connection was tried on; null where nothing counts. */
  readonly lanes: readonly CountedLaneReport[] | null;
  /** What cannot be read of it: one sentence each. */
  readonly notes: readonly string[];
}

/** Which namespace it is. */
export interface NamespaceIdentity extends MachineIdentity {
  readonly inode: number;
}

const units = new KernelUnits();

/**
 * Takes the census of a network namespace, forecasts its lanes, and says what is wrong.
 *
 * @throws FourtupleError where it cannot be looked at: see `takeCensus`
 */
export async function examineNamespace(
  handle: NamespaceHandle,
  identity: NamespaceIdentity,
  options: ExamineOptions,
): Promise<Examination> {
  options.watch?.stop();
  const census = options.taken ?? (await takeCensus({ namespace: handle, askAboutPorts: options.askAboutPorts }));
  const watched = options.watched ?? options.watch?.compare(census);
  const counted = options.counted?.();
  const notes = [...census.notes, ...(watched?.notes ?? []), ...(counted?.notes ?? [])];
  const taken = { ...census, notes };
  const enter = <T>(work: () => T): T => inNamespace(handle, work);
  const machine = machineOf(taken, identity, enter(readSegmentCounts));
  const reportOptions: NamespaceReportOptions = {
    top: Math.max(options.top, LANES_EXAMINED),
    pattern: options.pattern,
    findOwners: (inodes) => findKernelOwners(inodes, options.ownersMs, handle.inode),
    units,
    timeWaitSeconds: machine.timeWaitSeconds,
    measureNetwork: (lanes) => withSockDiag(enter, (diag) => measureNetwork(diag, taken.census, lanes)) ?? new Map(),
    counted: counted?.lanes,
    ...(watched === undefined ? {} : { observed: (lane) => watched.observed(lane) }),
  };
  const namespace = reportNamespace(
    { inode: identity.inode, name: identity.name, holder: identity.holder },
    taken,
    reportOptions,
  );
  const further = options.thorough ? lookFurther(taken, enter, options, handle.inode, identity.name) : NOT_LOOKED_AT;
  const scene: Scene = {
    ...further,
    namespace,
    machine,
    counters: enter(readTcpCounters),
    host: options.host ?? null,
    trace: options.trace ?? null,
  };
  const told = narrowNamespace(namespace, options.top, undefined);
  const unseen = options.thorough && further.inbound === null ? [INBOUND_UNSEEN] : [];
  return { namespace: { ...told, notes: [...told.notes, ...unseen] }, machine, findings: diagnose(scene, programOf) };
}

type Further = Pick<Scene, 'inbound' | 'unseenBlocked' | 'settingLines'>;
const INBOUND_UNSEEN =
  'Inbound connections were not looked at, among so many sockets: what a proxy makes of its clients is not judged.';

function lookFurther(
  taken: NamespaceCensus,
  enter: <T>(work: () => T) => T,
  options: ExamineOptions,
  inode: number,
  name: string | null,
): Further {
  return {
    inbound: lookAtInbound(taken, enter, options, inode),
    unseenBlocked: options.askAboutPorts === false ? null : enter(() => samplePorts(taken.census, isPortBlocked)),
    settingLines: name === 'host' ? readSettingLines() : null,
  };
}

/** null where there are so many sockets that it would take as long as the census again. */
function lookAtInbound(
  { census, counts }: NamespaceCensus,
  enter: <T>(work: () => T) => T,
  { ownersMs }: ExamineOptions,
  namespace: number,
): readonly InboundUse[] | null {
  if (counts !== null && counts.inUse + counts.timeWait >= MANY_SOCKETS) return null;
  const endpoints = withSockDiag(enter, (diag) => countInbound(diag, census.scan.listeners));
  if (endpoints === null) return null;
  const found = findKernelOwners(
    endpoints.flatMap(({ inodes }) => inodes),
    ownersMs,
    namespace,
  );
  return endpoints.map(({ inodes, ...endpoint }) => ({
    ...endpoint,
    processes: countOwners(inodes, found).map((owned) => ({ ...owned, unit: units.ofProcess(owned.pid) })),
  }));
}
