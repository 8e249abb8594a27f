import { setTimeout as sleep } from 'node:timers/promises';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import type { Host } from '../host.ts';
import { cyclesPerSecond } from '../load/cycles.ts';
import { openEvenly } from '../load/open-evenly.ts';
import { saturate } from '../load/saturate.ts';
import type { Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { opensPlot } from './opens-plot.ts';

/** A lane whose slots come back, and how it is driven. */
export interface DrivenLane {
  readonly host: Host;
  readonly way: Way;
  /** As it is, and after the remedy. */
  readonly before: LaneModel;
  readonly after: LaneModel;
  /** What lets a slot be taken anew: `until connect() takes it over`. */
  readonly comesBack: string;
  /** How many times each slot is taken: by who takes all there are, and by who opens evenly. */
  readonly cycles: { readonly saturated: number; readonly even: number };
  /** See {@link cyclesPerSecond}. */
  readonly share: number;
}

const TOLERANCE = { kind: 'share', share: 0.02 } as const;
/** Of the predicted rate, at an even pace: it is sustained without a refusal. */
const EVEN_SHARE = 0.95;
/** Of a cycle: half of what the even pace leaves free. */
const CATCH_UP_SHARE = 0.02;
/** Beyond the time that slots take to come back. */
const MORE_SECONDS = 0.5;

/**
 * What a lane is predicted to sustain, and is measured to: opens of who tries all the time, and no refusal to who opens
 * evenly a little slower.
 */
export class SustainedRate {
  readonly #stage: Stage;
  readonly #lane: DrivenLane;
  readonly #rate: Stated;
  readonly #refusals: Stated;
  readonly #evenOpens: number;

  /** States what is predicted. */
  constructor(stage: Stage, lane: DrivenLane) {
    const { before, after, cycles } = lane;
    const [slots, sustained] = [modelSlots(after), modelSustainableOpensPerSecond(after)];
    this.#stage = stage;
    this.#lane = lane;
    this.#rate = stage.predict({
      what: 'opens that the lane sustains',
      unit: '/s',
      predicted: sustained,
      tolerance: TOLERANCE,
      basis: `${plural(slots, 'slot')} / ${formatSeconds(after.afterCloseSeconds)} ${lane.comesBack}`,
    });
    this.#evenOpens = cycles.even * slots;
    this.#refusals = stage.predict({
      what: `refusals at ${Math.round(100 * EVEN_SHARE)}% of that rate`,
      unit: '',
      predicted: evenRefusals(this.#evenOpens, EVEN_SHARE * sustained, sustained),
      tolerance: { kind: 'exact' },
      basis: `${plural(this.#evenOpens, 'open')} at an even pace`,
    });
    const without = formatRate(modelSustainableOpensPerSecond(before));
    stage.note(
      `Held in TIME_WAIT for ${formatSeconds(before.afterCloseSeconds)}, the same ${plural(slots, 'slot')} sustain ${without} opens per second.`,
    );
  }

  /** How many times slots are taken while the rate is measured. */
  get saturatedOpens(): number {
    return this.#lane.cycles.saturated * modelSlots(this.#lane.after);
  }

  /** Waits until all slots have come back, then measures the rate. */
  async measureRate(): Promise<void> {
    const { host, way, before, after, cycles, share } = this.#lane;
    const slots = modelSlots(after);
    await this.#comeBack();
    this.#stage.progress('taking every slot as soon as it comes back');
    const lane = { slots, cycles: cycles.saturated, cycleSeconds: after.afterCloseSeconds };
    const openedAt = await saturate(host, way, lane);
    const chosen = share === 0.5 ? 'their median' : `the shortest ${Math.round(100 * share)}% of them`;
    const evidence = `connect() through ${cycles.saturated} cycles of all slots: ${chosen}`;
    this.#rate.measure(cyclesPerSecond(openedAt, slots, share), evidence);
    const rates = {
      predicted: modelSustainableOpensPerSecond(after),
      without: modelSustainableOpensPerSecond(before),
    };
    this.#stage.plot(opensPlot('Opens on the lane', openedAt, rates));
  }

  /** Waits until all slots have come back, then counts refusals. */
  async measureRefusals(): Promise<void> {
    const { host, way, after } = this.#lane;
    await this.#comeBack();
    const opensPerSecond = EVEN_SHARE * modelSustainableOpensPerSecond(after);
    this.#stage.progress(`opening ${formatRate(opensPerSecond)} per second`);
    const { refused, triedPerSecond } = await openEvenly(host, way, {
      ...{ opensPerSecond, opens: this.#evenOpens },
      catchUpSeconds: CATCH_UP_SHARE * after.afterCloseSeconds,
    });
    this.#refusals.measure(refused, `connect(), ${formatRate(triedPerSecond)} per second: EADDRNOTAVAIL`);
  }

  async #comeBack(): Promise<void> {
    this.#stage.progress('waiting until all slots have come back', { isIdle: true });
    await sleep(1_000 * (this.#lane.after.afterCloseSeconds + MORE_SECONDS));
  }
}

/** Of so many opens at an even pace, those beyond what can be sustained. */
function evenRefusals(opens: number, opensPerSecond: number, sustained: number): number {
  return Math.round(opens * Math.max(0, 1 - sustained / opensPerSecond));
}
