import type { MetricDefinition } from './metric.ts';
import type { Scrape } from './scrape.ts';

/** Of the agent itself. */
export const AGENT_METRICS: readonly MetricDefinition[] = [
  {
    name: 'fourtuple_build_info',
    kind: 'gauge',
    help: 'Always 1; the version of the agent is its label.',
    labels: ['version'],
    read: ({ health: { version } }) => [{ value: 1, labels: { version } }],
  },
  {
    name: 'fourtuple_sample_interval_seconds',
    kind: 'gauge',
    help: 'Seconds from one sample to the next: longer than configured where samples would cost more than their budget.',
    labels: [],
    read: one(({ sample }) => sample?.cost.intervalSeconds),
  },
  {
    name: 'fourtuple_sample_duration_seconds',
    kind: 'gauge',
    help: 'How long the last sample took.',
    labels: [],
    read: one(({ sample }) => sample?.cost.durationSeconds),
  },
  {
    name: 'fourtuple_sample_cpu_seconds_total',
    kind: 'counter',
    help: 'Processor time of all samples since the agent began, user and system.',
    labels: [],
    read: one(({ health }) => health.counters.sampleCpuSeconds),
  },
  {
    name: 'fourtuple_samples_total',
    kind: 'counter',
    help: 'Samples since the agent began.',
    labels: [],
    read: one(({ health }) => health.counters.samples),
  },
  {
    name: 'fourtuple_sample_failures_total',
    kind: 'counter',
    help: 'Samples of single namespaces that failed since the agent began.',
    labels: [],
    read: one(({ health }) => health.counters.failures),
  },
  {
    name: 'fourtuple_lost_refusals_total',
    kind: 'counter',
    help: 'Connects that found no port and were told too late to be counted for a lane, since the agent began; absent where they are not counted.',
    labels: [],
    read: one(({ health }) => health.counters.refusalsLost),
  },
  {
    name: 'fourtuple_last_sample_timestamp_seconds',
    kind: 'gauge',
    help: 'When the last sample was taken, in seconds since 1970.',
    labels: [],
    read: one(({ sample }) => (sample === null ? null : Date.parse(sample.takenAt) / 1_000)),
  },
  {
    name: 'fourtuple_problems',
    kind: 'gauge',
    help: 'How many things do not work, as /healthz tells them: the history, the tracepoint. As of the last sample.',
    labels: [],
    read: one(({ sample, health }) => (sample === null ? null : health.problems.length)),
  },
];

function one(value: (scrape: Scrape) => number | null | undefined): MetricDefinition['read'] {
  return (scrape) => [{ value: value(scrape) ?? null }];
}
