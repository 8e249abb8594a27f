import type { JournalEntry } from '../../src/changes/journal-entry.ts';
import type { RecordedChange } from '../../src/changes/recorded-change.ts';
import type { FixHead } from '../../src/cli/fix-head.ts';
import type { FixApplied, FixPreview, ObservedLane } from '../../src/cli/fix-report.ts';
import type { LaneEffect } from '../../src/diagnosis/remedy-effect.ts';

export const HEAD: FixHead = {
  schema: 1,
  takenAt: '2026-11-20T12:00:00.000Z',
  durationSeconds: 0.0123,
  host: { name: 'proxy.core', kernel: '6.18.44' },
  namespace: { inode: 4_026_531_840, name: 'host' },
};

/** A lane of the proxy, full of TIME_WAIT, and what tcp-tw-reuse would do for it. */
export function effectLike(more: Partial<LaneEffect> = {}): LaneEffect {
  return {
    ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null, used: 28_231, gain: 61, safe: true },
    slots: { before: 28_231, predicted: 28_231, observed: null },
    opensPerSecond: { before: 462.6, predicted: 28_231, observed: null },
    reason: 'private network, round trip 0.2 ms ± 0.1 ms, 0% retransmitted, no reordering, timestamps (20 connections)',
    ...{ asPredicted: null, observation: null },
    ...more,
  };
}

/** The lane that is to come, where there is none. */
export const NEW_LANE: LaneEffect = effectLike({
  ...{ source: '*', destination: '*', port: 0, used: 0, safe: null },
  reason: 'no live connection tells what the network is like',
});

export function changeLike(more: Partial<RecordedChange> = {}): RecordedChange {
  return { kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '1', ...more };
}

/** Reserves ports first, then widens. */
export const WIDENING: readonly RecordedChange[] = [
  changeLike({ setting: 'ip_local_reserved_ports', from: '', to: '8080,9000-9003' }),
  changeLike({ setting: 'ip_local_port_range', from: '32768 60999', to: '1024 65535' }),
];

export function entryLike(more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    ...{ id: 3, at: '2026-11-20T11:58:02.123Z', remedy: 'tcp-tw-reuse', changes: [changeLike()], closed: null },
    namespace: { inode: 4_026_531_840, cookie: '1', bootId: 'b', isHost: true, name: 'host' },
    ...more,
  };
}

export function previewLike(more: Partial<FixPreview> = {}): FixPreview {
  return {
    ...{ ...HEAD, action: 'preview', remedy: 'tcp-tw-reuse', title: 'Take over old TIME_WAIT slots (tcp_tw_reuse)' },
    ...{ changes: [changeLike()], lanes: [effectLike()], notes: [], refusal: null, missing: [] },
    command: 'fourtuple fix tcp-tw-reuse --apply',
    byHand: {
      where: 'shell',
      text: 'sysctl -w net.ipv4.tcp_tw_reuse=1',
      note: 'Until the next boot: to keep it, write the same settings to /etc/sysctl.d/90-ports.conf, one a line.',
    },
    ...more,
  };
}

export function appliedLike(more: Partial<FixApplied> = {}): FixApplied {
  return {
    ...{ ...HEAD, action: 'applied', remedy: 'tcp-tw-reuse', title: 'Take over old TIME_WAIT slots (tcp_tw_reuse)' },
    ...{ changes: [changeLike()], notes: [], id: 3, lanes: [observedLike()], asPredicted: true, observedSeconds: 2 },
    undo: 'fourtuple fix --undo 3',
    ...more,
  };
}

export function observedLike(more: Partial<ObservedLane> = {}): ObservedLane {
  return {
    ...effectLike(),
    slots: { before: 28_231, predicted: 28_231, observed: 28_231 },
    opensPerSecond: { before: 462.6, predicted: 28_231, observed: 28_231 },
    asPredicted: true,
    observation: 'connect() took over a TIME_WAIT slot of it when it was asked to',
    opening: { before: 463, after: 8_120 },
    ...more,
  };
}
