import type { Remedy } from '../../remedies/remedy.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { OpenExperiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import { Server, Way, type WayOptions } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { chooseSearch, hostWithoutReuse, laneOf } from './lane-case.ts';
import { measureLanes } from './measure-lanes.ts';

/** A remedy that gives slots, and where clients connect to before it and after it. */
export interface RemedyTrial {
  readonly remedy: Remedy;
  /** What there is before it, and after it: `one lane`, `two lanes`. */
  readonly names: readonly [before: string, after: string];
  /** Before the remedy, only the first of each is used. */
  readonly sources: readonly string[];
  readonly destinations: readonly { readonly address: string; readonly port: number }[];
}

/** One of two hosts that are alike until the remedy. */
interface Side {
  readonly host: Host;
  readonly servers: readonly Server[];
}

/** Puts the remedy's own prediction for a lane beside what the kernel allows, and the same lane without it. */
export function openBeforeAndAfter(stage: Stage, trial: RemedyTrial): OpenExperiment {
  const side = (name: string): Side => {
    const host = hostWithoutReuse(stage, name);
    return { host, servers: trial.destinations.map(({ address, port }) => new Server(host, address, port)) };
  };
  const [before, after] = [side('before'), side('after')];
  return { subject: before.host, run: () => run(stage, trial, before, after) };
}

async function run(stage: Stage, { remedy, sources, names }: RemedyTrial, before: Side, after: Side): Promise<void> {
  const machine = await machineOfHost(after.host);
  const [missing] = remedy.missing(machine);
  if (missing !== undefined) throw new FourtupleError('FT_UNSUPPORTED', missing.text);
  const model = laneOf(machine);
  const predicted = remedy.predict(model, machine);
  for (const { setting, value } of remedy.changes?.(machine) ?? []) after.host.writeSetting(`ipv4.${setting}`, value);
  const search = chooseSearch(stage, machine);
  const waysBefore = waysOver(before.servers.slice(0, 1), sources.slice(0, 1), search);
  await measureLanes(stage, [
    { name: names[0], host: before.host, ways: waysBefore, model },
    { name: names[1], host: after.host, ways: waysOver(after.servers, sources, search), model: predicted },
  ]);
}

function waysOver(servers: readonly Server[], sources: readonly string[], search: WayOptions): Way[] {
  return servers.flatMap((server) => sources.map((from) => new Way(server, { ...search, from })));
}
