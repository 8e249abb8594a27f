import type { Remedy } from '../../remedies/remedy.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { plural } from '../../tcp/number-text.ts';
import { rangeSize } from '../../tcp/port-range.ts';
import type { OpenExperiment } from '../experiment.ts';
import { machineOfHost } from '../host-machine.ts';
import { addAddress } from '../links.ts';
import { fillWithTimeWait } from '../load/fill.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { KERNEL_TAKES_OVER } from './evidence.ts';
import { narrowRange } from './narrow-range.ts';
import { HERE, PORT } from './places.ts';
import { type DrivenLane, SustainedRate } from './sustained-rate.ts';
import { takenOver } from './taken-over.ts';

/** What is done to a lane whose TIME_WAIT slots connect() takes over, and how it is driven. */
export interface ReuseTrial extends Pick<DrivenLane, 'cycles' | 'share'> {
  /** Applied one upon the other. */
  readonly remedies: readonly Remedy[];
  /** Of the lane, at most. */
  readonly ports: number;
}

/**
 * A lane full of TIME_WAIT on which remedies are applied: what can be opened then.
 *
 * @throws FourtupleError FT_UNSUPPORTED, when it runs, where a remedy cannot be had
 */
export function openReuseTrial(stage: Stage, trial: ReuseTrial): OpenExperiment {
  const { remedies, ports, ...driven } = trial;
  const host = stage.host('client');
  const slots = rangeSize(narrowRange(host, stage.range, ports));
  addAddress(host, 'lo', HERE);
  const way = new Way(new Server(host, HERE, PORT));
  const run = async (): Promise<void> => {
    const machine = await machineOfHost(host);
    const [missing] = remedies.flatMap((remedy) => remedy.missing(machine));
    if (missing !== undefined) throw new FourtupleError('FT_UNSUPPORTED', missing.text);
    const before = { lanes: 1, slotsPerLane: slots, holdSeconds: 0, afterCloseSeconds: machine.timeWaitSeconds };
    const after = remedies.reduce((model, remedy) => remedy.predict(model, machine), before);
    const comesBack = 'until connect() takes it over';
    const rate = new SustainedRate(stage, { host, way, before, after, comesBack, ...driven });
    const reuses = stage.predict({
      what: 'TIME_WAIT slots that connect() takes over meanwhile',
      unit: 'slots',
      predicted: rate.saturatedOpens,
      tolerance: { kind: 'exact' },
      basis: `each of ${plural(slots, 'slot')}, ${driven.cycles.saturated} times`,
    });
    stage.progress('filling the lane with TIME_WAIT');
    fillWithTimeWait(host, way);
    for (const { setting, value } of remedies.flatMap((remedy) => remedy.changes?.(machine) ?? [])) {
      host.writeSetting(`ipv4.${setting}`, value);
    }
    const countBefore = takenOver(host);
    await rate.measureRate();
    reuses.measure(takenOver(host) - countBefore, KERNEL_TAKES_OVER);
    await rate.measureRefusals();
  };
  return { subject: host, run };
}
