import type { Severity } from '../../diagnosis/report.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const COLOURS = { critical: 'red', warning: 'yellow', info: 'cyan' } as const;

/** A sentence behind its severity, wrapped: `CRITICAL 10.0.0.5>10.0.1.9:8080 has no free slot…`. */
export function severityLine(screen: Screen, severity: Severity, sentence: string, indent = ''): string {
  const name = severity.toUpperCase();
  const wrapped = wrap(`${name} ${sentence}`, screen.width - indent.length, `${indent}  `);
  return indent + style(screen, COLOURS[severity], name) + wrapped.slice(name.length);
}
