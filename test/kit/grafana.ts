import { readFileSync } from 'node:fs';

const FILE = new URL('../../deploy/grafana/fourtuple.json', import.meta.url);

/** What Grafana knows as a classic dashboard, as far as ours has it. */
export interface Dashboard {
  readonly uid: string;
  readonly id: null;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly thresholds?: Thresholds };
    readonly overrides: readonly Override[];
  };
  readonly options?: { readonly sortBy?: readonly { readonly displayName: string }[] };
  readonly transformations?: readonly { readonly id: string; readonly options: TableOptions }[];
}

export interface Target {
  readonly expr: string;
  readonly refId: string;
  readonly legendFormat?: string;
  readonly instant: boolean;
  readonly datasource: { readonly type: string; readonly uid: string };
}

export interface Thresholds {
  readonly steps: readonly { readonly value: number | null; readonly color: string }[];
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

interface TableOptions {
  readonly excludeByName?: Readonly<Record<string, boolean>>;
  readonly indexByName?: Readonly<Record<string, number>>;
  readonly renameByName?: Readonly<Record<string, string>>;
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
}

/** A query as Grafana sends it where all is chosen. */
export function interpolated(query: string): string {
  return query.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'fourtuple').replace(/\$\w+/g, '.*');
}
