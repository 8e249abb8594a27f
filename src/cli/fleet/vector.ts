import * as v from 'valibot';
import { describeIssue } from '../../changes/schema-issue.ts';

/** One series of an instant vector. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  /** May be infinite, never NaN: a NaN is left out, as a value that is not known. */
  readonly value: number;
}

export interface Vector {
  readonly rows: readonly Row[];
  /** What the answer lacks, as Thanos and Mimir say where a part of them is not reached. */
  readonly warnings: readonly string[];
}

const ANSWER = v.object({
  status: v.literal('success', '"success"'),
  data: v.object({
    resultType: v.literal('vector', '"vector"'),
    result: v.array(
      v.object({
        metric: v.record(v.string(), v.string('a text')),
        value: v.tuple([v.number('a number'), v.string('a text')]),
      }),
      'a list',
    ),
  }),
  warnings: v.optional(v.array(v.string('a text'))),
});

/** Reads what Prometheus answers to an instant query. @returns what is wrong with it where it is something else */
export function readVector(json: unknown): Vector | string {
  const { success, issues, output } = v.safeParse(ANSWER, json, { abortEarly: true });
  if (!success) return describeIssue(issues[0]);
  const rows = output.data.result.map(({ metric, value: [, text] }) => ({ labels: metric, value: numberOf(text) }));
  return { rows: rows.filter(({ value }) => !Number.isNaN(value)), warnings: output.warnings ?? [] };
}

/** As Prometheus writes them: `0.25`, `1e+06`, `+Inf`, `NaN`. */
function numberOf(text: string): number {
  const infinity = /^([+-]?)Inf$/.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text === '' ? Number.NaN : Number(text);
}
