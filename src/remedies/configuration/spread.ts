import { forProgram } from '../for-program.ts';
import type { Instruction } from '../instruction.ts';
import type { LaneFacts } from '../remedy.ts';
import { type Destination, destinationOf } from './ends.ts';
import * as envoy from './envoy.ts';
import * as haproxy from './haproxy.ts';
import * as nginx from './nginx.ts';
import * as node from './node.ts';

/** How each program spreads a lane's connections over its destination and one more. */
export function spreadOverDestinations(lane: LaneFacts, more: Destination): Instruction[] {
  const destinations = [destinationOf(lane), more];
  return forProgram(lane, [
    nginx.spreadOverDestinations(destinations),
    haproxy.spreadOverDestinations(destinations),
    envoy.spreadOverDestinations(destinations),
    node.spreadOverDestinations(destinations),
  ]);
}
