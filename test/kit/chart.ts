import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, isNode, isScalar, parse, parseDocument } from 'yaml';

export const CHART: string = fileURLToPath(new URL('../../deploy/helm/fourtuple', import.meta.url));

export function readChart(file: string): string {
  return readFileSync(join(CHART, file), 'utf8');
}

/** Of the templates that become objects. */
export const MANIFESTS: readonly string[] = readdirSync(join(CHART, 'templates')).filter((file) =>
  file.endsWith('.yaml'),
);

/** A value of the chart, as its README lists it. */
export interface ChartValue {
  /** `token.key`. */
  readonly path: string;
  /** The comment above it. */
  readonly comment: string;
  readonly value: unknown;
}

/** Mappings that are settings of the chart; every other one is handed on as it is. */
const GROUPS = ['image', 'token', 'history', 'serviceAccount', 'podMonitor', 'prometheusRule', 'networkPolicy'];

export function chartValues(): ChartValue[] {
  const { contents } = parseDocument(readChart('values.yaml'));
  return valuesOf(contents, '');
}

function valuesOf(node: unknown, above: string): ChartValue[] {
  if (!isMap(node)) throw new Error(`${above} is no mapping`);
  return node.items.flatMap(({ key, value }, index): ChartValue[] => {
    if (!isScalar(key)) throw new Error('a key is no text');
    const path = `${above}${key.value}`;
    if (GROUPS.includes(path)) return valuesOf(value, `${path}.`);
    // The parser takes what stands above the first key for the mapping's.
    const comment = key.commentBefore ?? (index === 0 ? node.commentBefore : undefined) ?? '';
    const text = comment.split('\n\n').at(-1) ?? '';
    return [{ path, comment: text.replaceAll('\n', ' ').trim(), value: isNode(value) ? value.toJSON() : null }];
  });
}

/**
 * A template with the most that values can make of it: every condition holds, and each value is its default. It stands in for
 * what Helm makes, as far as the form goes: Helm's own language is not read here.
 */
export function fullest(template: string): unknown {
  const values = new Map(chartValues().map(({ path, value }) => [path, value]));
  const lines = template.split('\n').flatMap((line) => {
    const [, indent = '', action] = /^(\s*)\{\{-? *(.*?) *-?\}\}$/.exec(line) ?? [];
    if (action === undefined) return [substituted(line, values)];
    const list = /^toYaml (?:\.|\.Values\.(\S+)) \| nindent/.exec(action);
    // What is handed on as it is may be a mapping or a list.
    if (list !== null) return list[1] === undefined ? [] : [`${indent}${JSON.stringify(values.get(list[1]))}`];
    return action.startsWith('include "fourtuple.') && action.includes('nindent') ? [`${indent}name: fourtuple`] : [];
  });
  return parse(lines.join('\n'), { uniqueKeys: false });
}

function substituted(line: string, values: ReadonlyMap<string, unknown>): string {
  const [, head = '', path = ''] = /^(.*: )\{\{ \.Values\.(\S+) \}\}$/.exec(line) ?? [];
  return values.has(path) ? `${head}${JSON.stringify(values.get(path))}` : line.replace(/: .*\{\{.*$/, ': "text"');
}
