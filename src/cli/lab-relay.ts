import { readFileSync } from 'node:fs';
import type { ProxyTask } from '../lab/proxy/proxy-program.ts';
import { runRelay } from '../lab/proxy/relay-process.ts';

/** `fourtuple lab relay`: a proxy of an experiment. */
export function startRelay(_: Record<string, never>, task: string): void {
  runRelay(JSON.parse(readFileSync(task, 'utf8')) as ProxyTask);
}
