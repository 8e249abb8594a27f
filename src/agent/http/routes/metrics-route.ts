import { Refusal } from '../refusal.ts';
import { queried, type Route } from '../route.ts';

/** What HTTP needs of the metrics. */
export interface MetricsSource<Format> {
  /** @param accept the header Accept */
  negotiateFormat(accept: string | undefined): Format;
  render(format: Format): Promise<RenderedMetrics>;
}

export interface RenderedMetrics {
  readonly contentType: string;
  readonly body: string;
}

/** Scrapes that come while one is answered share its answer. */
export function metricsRoute<Format>(metrics: MetricsSource<Format> | null): Route {
  const underWay = new Map<Format, Promise<RenderedMetrics>>();
  return queried('/metrics', {}, async (_query, { headers }) => {
    if (metrics === null) throw new Refusal('not-found', 'this agent has no metrics');
    const format = metrics.negotiateFormat(headers.accept);
    const rendered = underWay.get(format) ?? metrics.render(format).finally(() => underWay.delete(format));
    underWay.set(format, rendered);
    const { contentType, body } = await rendered;
    return { status: 200, headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store', Vary: 'Accept' }, body };
  });
}
