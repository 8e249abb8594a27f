import { hostname, release } from 'node:os';
import { findKernelOwners } from '../census/kernel-owners.ts';
import { KernelUnits } from '../census/kernel-units.ts';
import { takeCensus } from '../census/take-census.ts';
import type { NamespaceReport, Report } from '../diagnosis/report.ts';
import { reportNamespace } from '../diagnosis/report-namespace.ts';
import { listNamespaces, type NamespaceEntry, openListedNamespace } from '../linux/namespace-list.ts';
import { type NamespaceHandle, openNamespace } from '../linux/network-namespace.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';

/** What of a machine is reported. */
export interface MachineReportOptions {
  readonly netns?: string | undefined;
  readonly all?: boolean | undefined;
  readonly top: number;
  readonly lane?: LanePattern | undefined;
  /** How long to search for the owners of sockets in each namespace, in milliseconds. */
  readonly owners: number;
}

/**
 * The report of this machine: of this process's network namespace, of another one, or of all.
 *
 * @param warn takes a sentence about a namespace that could not be looked at: the others are reported all the same
 * @throws FourtupleError where the one namespace that is asked for cannot be looked at
 */
export async function reportMachine(options: MachineReportOptions, warn: (text: string) => void): Promise<Report> {
  const start = performance.now();
  const takenAt = new Date().toISOString();
  const namespaces = options.all === true ? await reportAll(options, warn) : [await reportOne(options, options.netns)];
  return {
    schema: 1,
    takenAt,
    durationSeconds: Number(((performance.now() - start) / 1000).toFixed(6)),
    host: { name: hostname(), kernel: release() },
    namespaces,
    findings: [],
  };
}

async function reportOne(options: MachineReportOptions, reference: string | undefined): Promise<NamespaceReport> {
  const handle = openNamespace(reference ?? OWN_NAMESPACE);
  try {
    const listed = listNamespaces().namespaces.find(({ inode }) => inode === handle.inode);
    return await reportHandle(handle, { name: listed?.name ?? null, holder: listed?.holder ?? null }, options);
  } finally {
    handle.close();
  }
}

async function reportAll(options: MachineReportOptions, warn: (text: string) => void): Promise<NamespaceReport[]> {
  const list = listNamespaces();
  for (const note of list.notes) warn(note);
  const reports: NamespaceReport[] = [];
  for (const entry of list.namespaces) {
    try {
      reports.push(await reportEntry(entry, options));
    } catch (error) {
      if (!(error instanceof FourtupleError)) throw error;
      warn(error.message);
    }
  }
  return reports;
}

async function reportEntry(entry: NamespaceEntry, options: MachineReportOptions): Promise<NamespaceReport> {
  const handle = openListedNamespace(entry);
  try {
    return await reportHandle(handle, entry, options);
  } finally {
    handle.close();
  }
}

const OWN_NAMESPACE = '/proc/thread-self/ns/net';
const units = new KernelUnits();

async function reportHandle(
  handle: NamespaceHandle,
  { name, holder }: Pick<NamespaceReport, 'name' | 'holder'>,
  options: MachineReportOptions,
): Promise<NamespaceReport> {
  const taken = await takeCensus({ namespace: handle });
  return reportNamespace({ inode: handle.inode, name, holder }, taken, {
    top: options.top,
    pattern: options.lane,
    findOwners: (inodes) => findKernelOwners(inodes, options.owners, handle.inode),
    units,
  });
}
