import { ticksPerSecond } from '../../linux/timer-tick.ts';
import { formatSeconds } from '../../tcp/number-text.ts';
import { meanTimeWaitSeconds } from '../../tcp/time-wait.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { machineOfHost } from '../host-machine.ts';
import type { SlotLife } from '../load/slot-lives.ts';
import { SlotWatch } from '../load/slot-watch.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { FOLKLORE_TIME_WAIT_SECONDS } from './folklore.ts';
import { hostWithoutReuse, laneOf } from './lane-case.ts';
import { narrowRange } from './narrow-range.ts';
import { PassingTime } from './passing-time.ts';
import { HERE, PORT } from './places.ts';
import { granuleSeconds, TIME_WAIT_SECONDS } from './timer-wheel.ts';

/** Enough to meet each moment of a granule, and so few that those that come back together need not wait for each other. */
const SLOTS = 64;
/** Over so many granules of the timer wheel the slots are closed, evenly. */
const GRANULES = 2;
/** Of a granule. A loaded machine looks late; once is enough for the longest. */
const MEAN_TOLERANCE = 1 / 4;
const END_TOLERANCE = 1 / 2;

/** It is tried often before the kernel gives the first one back. */
const EARLIER_SECONDS = 1;
const PATIENCE_SECONDS = 30;

/** A lane is filled with TIME_WAIT little by little, and connect() is tried until it is granted each slot again. */
export const timeWait: Experiment = {
  name: 'time-wait',
  question: 'How long does the kernel hold a slot in TIME_WAIT?',
  remedies: [],
  programs: ['ss'],
  seconds: 67,
  pace: 'waiting',
  open: async (stage) => {
    const host = hostWithoutReuse(stage, 'client');
    const range = narrowRange(host, stage.range, SLOTS);
    const watch = new SlotWatch(host, new Way(new Server(host, HERE, PORT)), range);
    return { subject: host, run: () => run(stage, host, watch) };
  },
};

async function run(stage: Stage, host: Host, watch: SlotWatch): Promise<void> {
  const slots = laneOf(await machineOfHost(host)).slotsPerLane;
  const ticks = ticksPerSecond();
  const granule = granuleSeconds();
  const stated = predict(stage, slots, granule, ticks);
  const [closing, waiting] = [GRANULES * granule, TIME_WAIT_SECONDS + granule];
  const time = new PassingTime(stage, closing + waiting);
  time.now('closing the slots of a lane, one after another', false);
  await watch.closeAll(slots / closing);
  stated.listed.measure(listTimeWait(host), 'ss -tn state time-wait');
  time.now('waiting until TIME_WAIT ends', true);
  await watch.awaitAll(TIME_WAIT_SECONDS - closing - EARLIER_SECONDS, waiting + PATIENCE_SECONDS);
  time.end();
  tell(stage, stated, watch);
}

interface Statements {
  readonly listed: Stated;
  readonly shortest: Stated;
  readonly mean: Stated;
  readonly longest: Stated;
  readonly counted: Stated;
}

function predict(stage: Stage, slots: number, granule: number, ticks: number | null): Statements {
  const seconds = (what: string, predicted: number, share: number, basis: string): Stated =>
    stage.predict({ what, unit: 's', predicted, tolerance: { kind: 'absolute', by: share * granule }, basis });
  const least = `${TIME_WAIT_SECONDS} s`;
  const wheel = `of ${granule.toFixed(2)} s of the kernel's timer wheel${ticks === null ? '' : ` at ${ticks} ticks per second`}`;
  const mean = meanTimeWaitSeconds(ticks);
  return {
    listed: stage.predict({
      ...{ what: 'TIME_WAIT sockets of a full lane', unit: 'slots', predicted: slots },
      ...{ tolerance: { kind: 'exact' }, basis: 'one for each usable port' },
    }),
    shortest: seconds(
      'the shortest time that a slot is held',
      TIME_WAIT_SECONDS,
      END_TOLERANCE,
      'TCP_TIMEWAIT_LEN of Linux',
    ),
    mean: seconds('the mean time that a slot is held', mean, MEAN_TOLERANCE, `${least} and half a granule ${wheel}`),
    longest: seconds(
      'the longest time that a slot is held',
      TIME_WAIT_SECONDS + granule,
      END_TOLERANCE,
      `${least} and one granule ${wheel}`,
    ),
    counted: seconds("the mean time, by the kernel's own count", mean, MEAN_TOLERANCE, `${least} and half a granule`),
  };
}

function tell(
  stage: Stage,
  { shortest, mean, longest, counted }: Statements,
  { lives, meanBackByCount }: SlotWatch,
): void {
  const all = lives.lives();
  const held = all.map(({ seconds }) => seconds);
  const most = Math.max(...held);
  const refused = `connect() refused until then, for each of ${held.length} ports`;
  shortest.measure(Math.min(...held), refused);
  mean.measure(meanOf(held), refused);
  longest.measure(most, refused);
  counted.measure(
    meanBackByCount - meanOf(all.map(({ closedAt }) => closedAt)),
    'tw of /proc/net/sockstat as it falls',
  );
  if (most < FOLKLORE_TIME_WAIT_SECONDS) {
    stage.note(
      `No slot was held for longer than ${formatSeconds(most)}: Linux does not hold them for the ${FOLKLORE_TIME_WAIT_SECONDS} s that many a text has.`,
    );
  }
  stage.note('Slots come back together, when a granule of the timer wheel ends.');
  plot(stage, all);
}

function plot(stage: Stage, lives: readonly SlotLife[]): void {
  const [first] = lives;
  if (first === undefined) return;
  stage.plot({
    title: 'How long each slot was held',
    x: { label: 'closed after', unit: 'seconds' },
    y: { label: 'held for', unit: 'seconds' },
    series: [{ name: 'slots', points: lives.map(({ closedAt, seconds }) => [closedAt - first.closedAt, seconds]) }],
    marks: [],
  });
}

function listTimeWait(host: Host): number {
  return host.execute('ss', '-Htn', 'state', 'time-wait').split('\n').filter(Boolean).length;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
