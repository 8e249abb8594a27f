import type { CountedLaneReport } from '../../diagnosis/report.ts';
import type { MetricDefinition, Series } from './metric.ts';
import { LANE_LABELS, type Labels, type Scrape } from './scrape.ts';

/** A lane that a spread counts is of no device. */
const COUNTED_LABELS: readonly string[] = LANE_LABELS.filter((label) => label !== 'device');

/** Of each network namespace, and of what spreads count in it. */
export const NAMESPACE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'fourtuple_spread_attempts_total',
    kind: 'counter',
    help: 'Calls of connect() on a lane since a spread was attached, which counts them, whatever process they were of; source is * where all sources are counted as one. At most 50 lanes of each namespace, those with most refusals.',
    labels: COUNTED_LABELS,
    read: eachCounted(({ attempts }) => attempts),
  },
  {
    name: 'fourtuple_spread_refusals_total',
    kind: 'counter',
    help: 'Of the calls that fourtuple_spread_attempts_total counts, those that found no free slot (EADDRNOTAVAIL).',
    labels: COUNTED_LABELS,
    read: eachCounted(({ refusals }) => refusals),
  },
  {
    name: 'fourtuple_ports',
    kind: 'gauge',
    help: 'Ports of the ephemeral range: those that connect() can choose (usable), those that ip_local_reserved_ports excludes (reserved), and those that it skips for every lane because a socket is explicitly bound to them (blocked).',
    labels: ['namespace', 'kind'],
    *read({ namespaces }) {
      for (const { labels, ports } of namespaces) {
        const { usable, reserved, blocked } = ports;
        for (const [kind, value] of Object.entries({ usable, reserved, blocked })) {
          yield { value, of: labels, labels: { kind } };
        }
      }
    },
  },
  {
    name: 'fourtuple_lanes',
    kind: 'gauge',
    help: 'Lanes that hold a slot, listed or not.',
    labels: ['namespace'],
    *read({ namespaces }) {
      for (const { labels, totals } of namespaces) yield { value: totals.lanes, of: labels };
    },
  },
  {
    name: 'fourtuple_findings',
    kind: 'gauge',
    help: 'What is wrong or about to be, as it was examined last: how many findings of a code and severity; absent where there is none.',
    labels: ['namespace', 'code', 'severity'],
    read: countFindings,
  },
];

function eachCounted(value: (lane: CountedLaneReport) => number): MetricDefinition['read'] {
  return function* read({ namespaces }: Scrape): Iterable<Series> {
    for (const { labelledCounted } of namespaces) {
      for (const { of, labels } of labelledCounted) yield { value: value(of), of: labels };
    }
  };
}

function countFindings({ sample, findings, labelOf }: Scrape): Iterable<Series> {
  if (sample === null || findings === null) return [];
  const counts = new Map<string, { readonly labels: Labels; value: number }>();
  for (const { code, severity, namespace, namespaceInode } of findings.findings) {
    const label = labelOf({ name: namespace, inode: namespaceInode });
    const labels = { ...(label === null ? {} : { namespace: label }), code, severity };
    const key = JSON.stringify(labels);
    const count = counts.get(key) ?? { labels, value: 0 };
    count.value += 1;
    counts.set(key, count);
  }
  return counts.values();
}
