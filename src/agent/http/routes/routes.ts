import type { AgentView } from '../../agent-view.ts';
import type { Route } from '../route.ts';
import { healthRoute } from './health-route.ts';
import { historyRoute } from './history-route.ts';
import { type MetricsSource, metricsRoute } from './metrics-route.ts';
import { portsRoute } from './ports-route.ts';
import { reportRoute } from './report-route.ts';

/** Answered without an end, so by itself: see event-readers.ts. */
export const EVENTS_PATH = '/api/events';

/** All paths there are, beside those of the dashboard and that of the events. */
export function routesOf<Format>(view: AgentView, metrics: MetricsSource<Format> | null): readonly Route[] {
  return [metricsRoute(metrics), healthRoute(view), reportRoute(view), historyRoute(view), portsRoute(view)];
}
