// A process that drives one experiment in a network namespace of its own: NAME saturated|slower|faster. Prints its outcome.

import { release } from 'node:os';
import { takeCensus } from '../src/census/take-census.ts';
import { machineOf, ownCapabilities } from '../src/diagnosis/machine.ts';
import { ticksPerSecond } from '../src/linux/timer-tick.ts';
import { usablePorts } from '../src/tcp/capacity.ts';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond } from '../src/tcp/lane-model.ts';
import { type Driven, drive } from '../test/kit/load.ts';
import { enterNewNamespace } from '../test/kit/network-namespace.ts';
import { EXPERIMENTS, type RemedyExperiment } from './remedy-experiments.ts';
import { PACES, type Pace, type RemedyOutcome } from './remedy-outcome.ts';

/** Beyond the last cycle, so that it is a whole one. */
const MORE_CYCLES = 0.2;
/** A rate that cannot be sustained shows before all slots have come back once. */
const ENOUGH_REFUSALS = 5;

const [name, paceName] = process.argv.slice(2);
const experiment = EXPERIMENTS.find((one) => one.name === name);
const pace = PACES.find((one) => one.name === paceName);
if (experiment === undefined || pace === undefined) throw new Error(`no experiment '${name}' '${paceName}'`);
process.stdout.write(JSON.stringify(await run(experiment, pace)), () => process.exit());

async function run(experiment: RemedyExperiment, { factor }: Pace): Promise<RemedyOutcome> {
  const { remedy, cycles } = experiment;
  enterNewNamespace();
  experiment.prepare();
  const taken = await takeCensus();
  const machine = machineOf(taken, {
    ...{ name: null, holder: null, isOwn: true, path: null, kernel: release() },
    ...{ ticksPerSecond: ticksPerSecond(), capabilities: ownCapabilities() },
  });
  const load = experiment.apply(machine);
  const { afterCloseSeconds = machine.timeWaitSeconds } = experiment;
  const modelFor = (holdSeconds: number): LaneModel => {
    const slotsPerLane = usablePorts(taken.census.pool);
    const model = { lanes: 1, slotsPerLane, holdSeconds, afterCloseSeconds };
    return remedy === null ? model : remedy.predict(model, machine);
  };
  const slots = modelSlots(modelFor(load.holdSeconds));
  const nominal = modelSustainableOpensPerSecond(modelFor(load.holdSeconds));
  if (factor === null) {
    const opens = slots * (cycles + 1);
    const driven = await drive(load, ({ openedAt }) => openedAt.length < opens);
    const mean = driven.heldSeconds.reduce((sum, one) => sum + one, 0) / driven.heldSeconds.length;
    const predicted = modelSustainableOpensPerSecond(modelFor(mean));
    return { predicted, reached: wholeCyclesRate(driven, slots, cycles), refusals: driven.refusedAt.length };
  }
  const pacedSeconds = (cycles + MORE_CYCLES) * (slots / nominal);
  const paced = { ...load, opensPerSecond: factor * nominal };
  const { openedAt, refusedAt } = await drive(
    paced,
    (driven, seconds) => seconds < pacedSeconds && driven.refusedAt.length < ENOUGH_REFUSALS,
  );
  const seconds = Math.max(openedAt.at(-1) ?? 0, refusedAt.at(-1) ?? 0);
  return { predicted: nominal, reached: openedAt.length / seconds, refusals: refusedAt.length };
}

/** From when every slot is taken for the first time until each has been taken as many times more. */
function wholeCyclesRate({ openedAt }: Driven, slots: number, cycles: number): number {
  const [full, end] = [openedAt[slots - 1], openedAt[slots * (cycles + 1) - 1]];
  if (full === undefined || end === undefined) return Number.NaN;
  return (slots * cycles) / (end - full);
}
