import { modelSlots, modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { plural } from '../../tcp/number-text.ts';
import type { Host } from '../host.ts';
import { Cycle } from '../load/cycle.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_REFUSES } from './evidence.ts';
import type { LaneCase } from './lane-case.ts';
import { PassingTime } from './passing-time.ts';
import { granuleSeconds, TIME_WAIT_SECONDS, wholeGranules } from './timer-wheel.ts';

const RATE_TOLERANCE = { kind: 'share', share: 0.02 } as const;

/** At most: to open a connection and close it takes 0.1 ms, and slots that come back together are taken one by one. */
const OPENS_PER_SECOND = 4_000;

/** It is tried often before the kernel gives the first one back. */
const EARLIER_SECONDS = 1;
/** A loaded machine is given time. */
const PATIENCE_SECONDS = 60;

/**
 * Predicts how many slots each case has and how many opens per second they sustain, and measures it: each client takes
 * all of its slots, and then each once more as soon as it comes back. All cases go on at once.
 */
export async function measureLanes(stage: Stage, cases: readonly LaneCase[]): Promise<void> {
  const trials = cases.map((one) => ({
    cycle: new Cycle(one.host, one.ways, modelSlots(one.model)),
    slots: predictSlots(stage, one),
    rate: predictRate(stage, one),
  }));
  for (const { host, model } of cases) allowTimeWait(host, modelSlots(model));
  const opens = cases.reduce((sum, { model }) => sum + modelSlots(model), 0);
  const granule = granuleSeconds();
  const fillSeconds = wholeGranules(opens / OPENS_PER_SECOND, granule);
  const allSeconds = fillSeconds + TIME_WAIT_SECONDS + granule;
  const time = new PassingTime(stage, allSeconds);
  time.now('taking all slots', false);
  await Promise.all(
    trials.map(async ({ cycle, slots }) =>
      slots.measure(await cycle.fill(fillSeconds, TIME_WAIT_SECONDS), KERNEL_REFUSES),
    ),
  );
  time.now('waiting until TIME_WAIT ends', true);
  const takeAgain = async ({ cycle, rate }: (typeof trials)[number]): Promise<void> => {
    const [idle, most] = [TIME_WAIT_SECONDS - EARLIER_SECONDS, allSeconds + PATIENCE_SECONDS];
    const { untilBack, untilTaken } = await cycle.takeAgain(idle, most);
    rate.measure(cycle.slots / untilBack, describeCycle(untilBack, untilTaken));
  };
  await Promise.all(trials.map(takeAgain));
  time.end();
}

/** The rate is the kernel's: a client that takes its time for what comes back at once reaches a little less. */
function describeCycle(untilBack: number, untilTaken: number): string {
  return `each slot back ${untilBack.toFixed(2)} s after it was opened (tw of /proc/net/sockstat), and taken again by connect() after ${untilTaken.toFixed(2)} s`;
}

function predictSlots(stage: Stage, { name, model }: LaneCase): Stated {
  return stage.predict({
    what: `slots of ${name}`,
    unit: 'slots',
    predicted: modelSlots(model),
    tolerance: { kind: 'exact' },
    basis: `${plural(model.lanes, 'lane')} × ${plural(model.slotsPerLane, 'usable port')}`,
  });
}

function predictRate(stage: Stage, { name, model }: LaneCase): Stated {
  return stage.predict({
    what: `opens that ${name} ${model.lanes === 1 ? 'sustains' : 'sustain'}`,
    unit: '/s',
    predicted: modelSustainableOpensPerSecond(model),
    tolerance: RATE_TOLERANCE,
    basis: `${plural(modelSlots(model), 'slot')} / ${model.afterCloseSeconds.toFixed(2)} s of TIME_WAIT`,
  });
}

/** The kernel closes without TIME_WAIT what is more than net.ipv4.tcp_max_tw_buckets: few on a machine of little memory. */
function allowTimeWait(host: Host, slots: number): void {
  const setting = 'ipv4.tcp_max_tw_buckets';
  if (Number(host.readSetting(setting)) <= slots) host.writeSetting(setting, 2 * slots);
}
