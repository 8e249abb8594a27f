import type { InboundEndpoint } from '../census/inbound.ts';
import type { PortSample } from '../census/port-sample.ts';
import type { Refusal } from '../linux/connect-trace.ts';
import type { SettingLine } from '../linux/sysctl-files.ts';
import type { TcpCounters } from '../linux/tcp-counters.ts';
import type { Machine } from '../remedies/machine.ts';
import type { NamespaceReport, ProcessReport } from './report.ts';

/** Everything that rules look at: one network namespace at one instant. What was not looked at is null. */
export interface Scene {
  /** Lanes fullest first, with owners, forecast and network; ports with their blockers; totals. */
  readonly namespace: NamespaceReport;
  readonly machine: Machine;
  readonly counters: TcpCounters | null;
  /** Connections to listeners of the namespace, those with most clients first. */
  readonly inbound: readonly InboundUse[] | null;
  /** A sample of the ports that no visible socket is bound to, and how many of them the kernel skips all the same. */
  readonly unseenBlocked: PortSample | null;
  /** The host's namespace, where this is another one of the same machine. */
  readonly host: { readonly low: number; readonly high: number } | null;
  /** Of the host, in the host's namespace only: what sysctl.d(5) files set. */
  readonly settingLines: readonly SettingLine[] | null;
  /** What `--trace` saw, and for how long it looked. */
  readonly trace: { readonly seconds: number; readonly refusals: readonly Refusal[] } | null;
}

/** Connections that others opened to one local address and port, and who listens there. */
export interface InboundUse extends Omit<InboundEndpoint, 'inodes'> {
  readonly processes: readonly ProcessReport[];
}

/** Of a namespace where nothing but the census was looked at. */
export const NOT_LOOKED_AT: Omit<Scene, 'namespace' | 'machine'> = {
  ...{ counters: null, inbound: null, unseenBlocked: null, host: null, settingLines: null, trace: null },
};
