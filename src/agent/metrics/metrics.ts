import { AGENT_METRICS } from './agent-metrics.ts';
import { LANE_METRICS } from './lane-metrics.ts';
import type { MetricDefinition } from './metric.ts';
import { NAMESPACE_METRICS } from './namespace-metrics.ts';

/** Every metric there is, in the order in which they are served. */
export const METRICS: readonly MetricDefinition[] = [...AGENT_METRICS, ...NAMESPACE_METRICS, ...LANE_METRICS];
