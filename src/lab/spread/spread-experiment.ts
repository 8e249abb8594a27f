import type { Machine } from '../../remedies/machine.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { LaneModel } from '../../tcp/lane-model.ts';
import type { OpenExperiment } from '../experiment.ts';
import { narrowRange } from '../experiments/narrow-range.ts';
import { machineOfHost } from '../host-machine.ts';
import { haproxy } from '../proxy/haproxy.ts';
import { checkTime } from '../proxy/in-time.ts';
import { laneModel } from '../proxy/outlook.ts';
import { Site } from '../proxy/site.ts';
import type { Stage } from '../stage.ts';
import { checkAttachable } from './attach-spread.ts';
import { ProxyUnderSpread } from './proxy-under-spread.ts';
import { RunOut } from './run-out.ts';
import type { SpreadTrial } from './spread-trial.ts';
import { TakenBack } from './taken-back.ts';

/** Of each lane: few, so that all are used long before the first comes back. */
const PORTS = 200;

/** A remedy predicts what twice as many give: so often it is asked. */
const DOUBLINGS = 2;
/** What these make of one. */
const CHOICES = 2 ** DOUBLINGS;

/** HAProxy, as it comes and configured for one lane, between clients and a backend; what it opens is spread while it runs. */
export async function openSpreadTrial(stage: Stage, trial: SpreadTrial): Promise<OpenExperiment> {
  const site = await Site.open(stage);
  const start = async (name: string): Promise<ProxyUnderSpread> => {
    const proxy = await ProxyUnderSpread.start(stage, site, name, trial, CHOICES);
    narrowRange(proxy.host, stage.range, PORTS);
    return proxy;
  };
  const proxy = await start('proxy');
  return {
    subject: proxy.host,
    hint: `${haproxy.title} answers at ${proxy.url}: \`ip netns exec client-1 curl ${proxy.url}\`, then \`ss -tan\`.`,
    run: async () => run(stage, trial, proxy, await start('proxy-detached')),
  };
}

async function run(stage: Stage, trial: SpreadTrial, proxy: ProxyUnderSpread, other: ProxyUnderSpread): Promise<void> {
  const machine = await machineOfHost(proxy.host);
  const [missing] = trial.remedy.missing(machine);
  if (missing !== undefined) throw new FourtupleError('FT_UNSUPPORTED', missing.text);
  checkAttachable(proxy.spread);
  const before = laneModel(machine, 1, null);
  const after = predict(trial.remedy, before, machine);
  const runOut = new RunOut(stage, proxy, before, after, trial.choices);
  const takenBack = new TakenBack(stage, other, after);
  const startedAt = performance.now();
  await runOut.measure();
  checkTime(startedAt);
  await takenBack.measure();
  stage.note(`${haproxy.note} It is configured for one lane, and is neither told of the others nor started again.`);
}

function predict(remedy: Remedy, model: LaneModel, machine: Machine): LaneModel {
  let predicted = model;
  for (let left = DOUBLINGS; left > 0; left -= 1) predicted = remedy.predict(predicted, machine);
  return predicted;
}
