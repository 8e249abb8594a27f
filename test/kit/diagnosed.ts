import { bySeverity, diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Report } from '../../src/diagnosis/report.ts';
import type { Scene } from '../../src/diagnosis/scene.ts';
import { machineLike } from './machines.ts';
import { ruleScene } from './rule-scenes.ts';

/** A report with the findings that the rules have for it, of a machine where nothing else was looked at. */
export function diagnosed(report: Report, more: Partial<Scene> = {}): Report {
  const findings = report.namespaces.flatMap((namespace) => {
    const { low, high } = namespace.ports;
    const { tcpTwReuse } = namespace.settings;
    const machine = machineLike({ range: { low, high }, tcpTwReuse });
    const scene = { ...ruleScene([]), machine, ...more, namespace };
    return diagnose(scene, ({ processes: [first] }) => (first === undefined ? null : { ...first, version: null }));
  });
  return { ...report, findings: findings.sort(bySeverity) };
}
