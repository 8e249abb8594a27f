export type MetricsFormat = 'text' | 'openmetrics';

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** How much it is wanted, 0 (not at all) to 1. */
  readonly quality: number;
}

/** OpenMetrics where it is asked for by name, and text not more; else text, which every scraper reads. */
export function negotiateFormat(accept: string | null | undefined): MetricsFormat {
  const ranges = (accept ?? '').split(',').map(mediaRange);
  const openMetrics = Math.max(0, ...ranges.filter(isOpenMetrics).map(({ quality }) => quality));
  const text = Math.max(0, ...ranges.filter(({ type }) => type === 'text/plain').map(({ quality }) => quality));
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

/** Version 0.0.1, which Prometheus asks for too, differs. */
function isOpenMetrics({ type, parameters }: MediaRange): boolean {
  return type === 'application/openmetrics-text' && (parameters.get('version') ?? '1.0.0') === '1.0.0';
}

function mediaRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(
    rest.map((parameter) => {
      const [name = '', value = ''] = parameter.split('=');
      return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { type, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
