import type { Host } from '../host.ts';
import { join } from '../links.ts';
import type { Stage } from '../stage.ts';

/** A client's host and a server's, joined by a wire. */
export interface TwoHosts {
  readonly near: Host;
  readonly far: Host;
}

/** The addresses of two hosts, and what their ends of the wire are called. */
export const NEAR = '10.77.0.1';
export const FAR = '10.77.0.2';
export const WIRE = 'wire';

/** Makes them. Several pairs do not see one another. */
export function joinTwoHosts(stage: Stage, [nearName, farName]: readonly [string, string]): TwoHosts {
  const [near, far] = [stage.host(nearName), stage.host(farName)];
  join({ host: near, link: WIRE, addresses: [`${NEAR}/24`] }, { host: far, link: WIRE, addresses: [`${FAR}/24`] });
  return { near, far };
}
