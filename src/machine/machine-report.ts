import type { Examination } from '../diagnosis/examination.ts';
import { examineNamespace } from '../diagnosis/examine-namespace.ts';
import type { Report } from '../diagnosis/report.ts';
import type { Scene } from '../diagnosis/scene.ts';
import { listNamespaces, type NamespaceEntry, openListedNamespace } from '../linux/namespace-list.ts';
import { type NamespaceHandle, openNamespace } from '../linux/network-namespace.ts';
import { FourtupleError, type FourtupleErrorCode } from '../tcp/error.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import {
  entryOf,
  HOST,
  hostRange,
  identityOf,
  type KernelFacts,
  type KnownNamespace,
  kernelFacts,
  OWN_NAMESPACE,
} from './namespace-identity.ts';
import { reportOf } from './report-of.ts';
import { type ReadCounts, spreadCounts } from './spread-counts.ts';
import { type Watches, watchNamespaces } from './watch-namespaces.ts';

/** What of a machine is reported. */
export interface MachineReportOptions {
  readonly netns?: string | undefined;
  readonly all?: boolean | undefined;
  readonly top: number;
  readonly lane?: LanePattern | undefined;
  /** How long to search for the owners of sockets in each namespace, in milliseconds. */
  readonly owners: number;
  /** Looks at more than the census does, for what may be wrong. */
  readonly thorough: boolean;
  /** For how long closes are watched first, in milliseconds; 0 or left out not at all. */
  readonly watchCloses?: number | undefined;
  /** Is told before closes are watched. */
  readonly announceWatch?: ((ms: number) => void) | undefined;
  /** For how long failing connects are counted first, in milliseconds; left out not at all. */
  readonly trace?: number | undefined;
}

/** Takes a sentence about what could not be looked at, with the code of the error where there was one. */
export type Warn = (text: string, code?: FourtupleErrorCode) => void;

/**
 * The report of this machine: of this process's network namespace, of another one, or of all.
 *
 * @param warn is told of a namespace that could not be looked at: the others are reported all the same
 * @throws FourtupleError where the one namespace that is asked for cannot be looked at
 */
export async function reportMachine(options: MachineReportOptions, warn: Warn): Promise<Report> {
  const start = performance.now();
  const examined = options.all === true ? await examineAll(options, warn) : [await examineOne(options, options.netns)];
  return reportOf(examined, start);
}

async function examineOne(options: MachineReportOptions, reference: string | undefined): Promise<Examination> {
  const handle = openNamespace(reference ?? OWN_NAMESPACE);
  try {
    const { namespaces } = listNamespaces();
    const [watches, trace] = await Promise.all([
      watchNamespaces([handle], options.watchCloses, options.announceWatch),
      traceFor(options),
    ]);
    const counts = await spreadCounts();
    const entry = entryOf(handle, namespaces);
    const host = entry.name === HOST ? null : hostRange(namespaces);
    return await examine(handle, { entry, host, watches, trace, counts, kernel: kernelFacts() }, options);
  } finally {
    handle.close();
  }
}

async function examineAll(options: MachineReportOptions, warn: Warn): Promise<Examination[]> {
  const list = listNamespaces();
  for (const note of list.notes) warn(note);
  const host = hostRange(list.namespaces);
  const [watches, trace] = await Promise.all([
    watchNamespaces(openEach(list.namespaces), options.watchCloses, options.announceWatch),
    traceFor(options),
  ]);
  const counts = await spreadCounts();
  const kernel = kernelFacts();
  const examined: Examination[] = [];
  for (const entry of list.namespaces) {
    try {
      examined.push(await examineEntry({ entry, host, watches, trace, counts, kernel }, options));
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      // Whatever is watched is kept alive by it.
      watches.get(entry.inode)?.stop();
      warn(error.message, error.code);
    }
  }
  return examined;
}

/** Each namespace is open while it is used. One that cannot be opened is left out: whoever examines it says why. */
function* openEach(entries: readonly NamespaceEntry[]): Iterable<NamespaceHandle> {
  for (const entry of entries) {
    let handle: NamespaceHandle | undefined;
    try {
      handle = openListedNamespace(entry);
      yield handle;
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
    } finally {
      handle?.close();
    }
  }
}

/** Counts what fails to connect on the whole machine: the rules tell which of it is whose. */
async function traceFor({ trace }: MachineReportOptions): Promise<Scene['trace']> {
  if (trace === undefined) return null;
  const { traceRefusals } = await import('../linux/connect-trace.ts');
  return { seconds: trace / 1_000, refusals: await traceRefusals(trace) };
}

/** What is known of a namespace before it is examined. */
interface Known extends Pick<Scene, 'host' | 'trace'> {
  readonly entry: KnownNamespace;
  readonly watches: Watches;
  readonly counts: ReadCounts;
  readonly kernel: KernelFacts;
}

async function examineEntry(
  known: Known & { readonly entry: NamespaceEntry },
  options: MachineReportOptions,
): Promise<Examination> {
  const handle = openListedNamespace(known.entry);
  try {
    return await examine(handle, known, options);
  } finally {
    handle.close();
  }
}

function examine(
  handle: NamespaceHandle,
  { entry, kernel, host, watches, trace, counts }: Known,
  options: MachineReportOptions,
): Promise<Examination> {
  return examineNamespace(handle, identityOf(handle, entry, kernel), {
    top: options.top,
    pattern: options.lane,
    ownersMs: options.owners,
    thorough: options.thorough,
    host: entry.name === HOST ? null : host,
    watch: watches.get(handle.inode),
    trace,
    counted: () => counts(handle),
  });
}
