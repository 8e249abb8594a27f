import type { Metric, Registry as RegistryType } from 'prom-client';
// The registry alone takes 1 MB of memory, the whole package 11 MB: it loads what measures Node itself.
// @ts-expect-error: its types are declared for the whole package only.
import UntypedRegistry from 'prom-client/lib/registry.js';
import type { AgentView } from '../agent-view.ts';
import type { MetricDefinition } from './metric.ts';
import { METRICS } from './metrics.ts';
import type { MetricsFormat } from './negotiate-format.ts';
import { type Labels, type Scrape, scrapeOf } from './scrape.ts';

const Registry: new (contentType: string) => RegistryType = UntypedRegistry;

const CONTENT_TYPES: Readonly<Record<MetricsFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export interface MetricsPage {
  readonly contentType: string;
  readonly body: string;
}

/** What a scrape is answered with: a registry of its own, so that a lane that has vanished is in it no more. */
export async function renderMetrics(view: AgentView, format: MetricsFormat): Promise<MetricsPage> {
  const contentType = CONTENT_TYPES[format];
  const registry = new Registry(contentType);
  const scrape = scrapeOf(view);
  for (const definition of METRICS) {
    const family = familyOf(definition, scrape);
    if (family.values.length > 0) registry.registerMetric(family as unknown as Metric);
  }
  return { contentType, body: await registry.metrics() };
}

/**
 * A metric as a registry asks for it. prom-client's own gauges look up and check the labels of each value, and write them
 * out anew for each: five times the work for 200 lanes. What it knows as shared labels is written out once for each lane.
 */
interface Family {
  /** The registry takes `_total` off for OpenMetrics. */
  name: string;
  readonly type: MetricDefinition['kind'];
  readonly help: string;
  readonly values: { readonly value: number; readonly labels: Labels; readonly sharedLabels: Labels }[];
  get(): Promise<Family>;
}

const NONE: Labels = {};

function familyOf({ name, kind, help, read }: MetricDefinition, scrape: Scrape): Family {
  const family: Family = { name, type: kind, help, values: [], get: async () => family };
  for (const { value, of = NONE, labels = NONE } of read(scrape)) {
    if (value !== null) family.values.push({ value, labels, sharedLabels: of });
  }
  return family;
}
