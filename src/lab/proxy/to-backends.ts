import type { Host } from '../host.ts';
import { BACKEND_PORTS } from './site.ts';

const FILTER = `( ${BACKEND_PORTS.map((port) => `dport = :${port}`).join(' or ')} )`;

/** The connections of a host to the backends, in any state, a line of ss each. */
export function listToBackends(host: Host): string[] {
  return host
    .execute('ss', '-Htan', FILTER)
    .split('\n')
    .filter((line) => line !== '');
}
