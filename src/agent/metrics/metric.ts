import type { Labels, Scrape } from './scrape.ts';

/** One series of a metric. */
export interface Series {
  /** Null where it is not known: it is left out then. */
  readonly value: number | null;
  /** What it has in common with series of other metrics: one object for all of them, which is written out only once. */
  readonly of?: Labels;
  /** What it alone has. */
  readonly labels?: Labels;
}

/** All there is to know of a metric: what is served, the table of docs/metrics.md and the checks of rules and queries come from it. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  /** One line of plain text, without quotation marks. */
  readonly help: string;
  readonly labels: readonly string[];
  read(scrape: Scrape): Iterable<Series>;
}
