import { localPortRange } from '../../remedies/local-port-range.ts';
import type { Machine } from '../../remedies/machine.ts';
import { usablePorts } from '../../tcp/capacity.ts';
import type { LaneModel } from '../../tcp/lane-model.ts';
import { inRange, rangeSize } from '../../tcp/port-range.ts';
import { PortSet } from '../../tcp/port-set.ts';
import type { Host } from '../host.ts';
import { MANY_PORTS } from '../lane-ranges.ts';
import { addAddress } from '../links.ts';
import type { Way, WayOptions } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { ELSEWHERE, HERE } from './places.ts';

/** Lanes of one client, and what they are in numbers. */
export interface LaneCase {
  /** `one lane`. */
  readonly name: string;
  readonly host: Host;
  readonly ways: readonly Way[];
  readonly model: LaneModel;
}

/** A host of two addresses. Its client takes over no TIME_WAIT slot. */
export function hostWithoutReuse(stage: Stage, name: string): Host {
  const host = stage.host(name);
  for (const address of [HERE, ELSEWHERE]) addAddress(host, 'lo', address);
  host.writeSetting('ipv4.tcp_tw_reuse', 0);
  return host;
}

/** One lane of a machine, whose connections end at once. Listeners' ports are blocked. */
export function laneOf({ range, reserved, listening, timeWaitSeconds }: Machine): LaneModel {
  const blocked = PortSet.of(listening.filter((port) => inRange(range, port) && !reserved.has(port)));
  const slotsPerLane = usablePorts({ range, reserved, blocked });
  return { lanes: 1, slotsPerLane, holdSeconds: 0, afterCloseSeconds: timeWaitSeconds };
}

/** How clients search the ports of a machine. Where there are many it takes long past the cliff, and they leave it out. */
export function chooseSearch(stage: Stage, machine: Machine): Pick<WayOptions, 'isInOnePass'> {
  const isInOnePass = rangeSize(machine.range) > MANY_PORTS && localPortRange.missing(machine).length === 0;
  if (isInOnePass) {
    stage.note('Clients search all ports in one pass (IP_LOCAL_PORT_RANGE): there is no cliff, and as many slots.');
  }
  return { isInOnePass };
}
