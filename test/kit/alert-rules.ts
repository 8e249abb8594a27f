import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const RULES: URL = new URL('../../deploy/prometheus/fourtuple.rules.yml', import.meta.url);

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

type Rule = AlertRule | RecordingRule;

/** In the order of the file. */
export function alertRules(): readonly AlertRule[] {
  return allRules().filter((rule): rule is AlertRule => 'alert' in rule);
}

export function recordingRules(): readonly RecordingRule[] {
  return allRules().filter((rule): rule is RecordingRule => 'record' in rule);
}

/** The numbers that a rule compares with, in the order of its expression. */
export function limitsOf(alert: string, severity: string): number[] {
  const rule = alertRules().find((one) => one.alert === alert && one.labels.severity === severity);
  return [...(rule?.expr ?? '').matchAll(/[<>]=? ([\d.]+)/g)].map(([, number]) => Number(number));
}

function allRules(): readonly Rule[] {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}
