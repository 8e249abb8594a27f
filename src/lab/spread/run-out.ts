import { type LaneModel, modelSlots } from '../../tcp/lane-model.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import type { Exchange } from '../load/http-requests.ts';
import type { Stage, Stated } from '../stage.ts';
import type { UsedByLane } from './lanes-by-ss.ts';
import { usedSlots } from './lanes-by-ss.ts';
import type { ProxyUnderSpread } from './proxy-under-spread.ts';

/** Requests that find every lane full, each time. */
const BEYOND = 20;

/** A proxy whose ports run out, and then do not: its connections are spread while it runs. */
export class RunOut {
  readonly #stage: Stage;
  readonly #proxy: ProxyUnderSpread;
  readonly #before: LaneModel;
  readonly #after: LaneModel;
  readonly #stated: Readonly<
    Record<'served' | 'refused' | 'servedMore' | 'refusedAgain' | 'used' | 'full' | 'processes', Stated>
  >;

  /** Says what is expected. @param choices what lanes differ by with the spread: `source addresses` */
  constructor(stage: Stage, proxy: ProxyUnderSpread, before: LaneModel, after: LaneModel, choices: string) {
    this.#stage = stage;
    this.#proxy = proxy;
    this.#before = before;
    this.#after = after;
    const over = `spread over ${after.lanes} ${choices}`;
    const say = (what: string, unit: string, predicted: number, basis: string): Stated =>
      stage.predict({ what, unit, predicted, tolerance: { kind: 'exact' }, basis });
    this.#stated = {
      served: say('served before the first one fails: as it is', 'requests', modelSlots(before), slotsOf(before)),
      refused: say('connect() that found no port then', '', BEYOND, 'one for each request beyond these'),
      servedMore: say(`served in all before it fails again: ${over}`, 'requests', modelSlots(after), slotsOf(after)),
      refusedAgain: say('connect() that found no port after that', '', BEYOND, 'one for each request beyond these'),
      used: say(`used slots, ${over}`, 'slots', modelSlots(after), slotsOf(after)),
      full: say('lanes that are full then', 'lanes', after.lanes, 'the fewest used slots are taken first'),
      processes: say(
        'processes that have listened for its clients',
        '',
        1,
        'it is told nothing, and not started again',
      ),
    };
  }

  async measure(): Promise<void> {
    const [proxy, stated] = [this.#proxy, this.#stated];
    const slots = modelSlots(this.#before);
    const processes = new Set(proxy.processes());
    this.#stage.progress('as it is', { share: 0 });
    const asItIs = await this.#sendUntilRefused(slots);
    stated.served.measure(untilFailure(asItIs), `what clients saw as it is: ${clientsSaw(asItIs)}`);
    stated.refused.measure(proxy.refusals, LOG);
    const [refusals, lanes] = [proxy.refusals, proxy.lanes()];
    const spread = proxy.attach();
    try {
      this.#stage.progress('with its connections spread', { share: 0.3 });
      const more = await this.#sendUntilRefused(modelSlots(this.#after) - slots);
      stated.servedMore.measure(
        untilFailure(asItIs) + untilFailure(more),
        `what clients saw since then: ${clientsSaw(more)}`,
      );
      stated.refusedAgain.measure(proxy.refusals - refusals, LOG);
      this.#measureLanes(lanes, proxy.lanes());
    } finally {
      spread.detach();
    }
    for (const process of proxy.processes()) processes.add(process);
    const which = `ss -tlnp, before and after: process ${[...processes].join(', ')}`;
    stated.processes.measure(processes.size, which);
  }

  /** As many as there are slots, and some more when all of these are used. */
  async #sendUntilRefused(slots: number): Promise<readonly Exchange[]> {
    return [...(await this.#proxy.send(slots)), ...(await this.#proxy.send(BEYOND))];
  }

  #measureLanes(before: UsedByLane, after: UsedByLane): void {
    const full = [...after.values()].filter((used) => used === this.#after.slotsPerLane).length;
    this.#stated.used.measure(usedSlots(after), SS);
    this.#stated.full.measure(full, SS);
    this.#stage.table({
      title: 'Used slots of the proxy’s lanes, as ss lists them',
      columns: ['lane', 'slots', 'as it is', 'spread'],
      rows: [...after.keys()]
        .sort()
        .map((lane) => [lane, this.#after.slotsPerLane, before.get(lane) ?? 0, after.get(lane) ?? 0]),
    });
  }
}

const SS = 'ss -tan, by source and destination';
const LOG = 'the log of HAProxy, `no free ports`';

function slotsOf({ lanes, slotsPerLane }: LaneModel): string {
  return `${plural(lanes, 'lane')} × ${plural(slotsPerLane, 'slot')}`;
}

/** @returns how many were answered before the first that was not, in the order in which they were sent */
function untilFailure(exchanges: readonly Exchange[]): number {
  const first = exchanges.findIndex(({ failure }) => failure !== null);
  return first < 0 ? exchanges.length : first;
}

/** @returns `600 × answered (status 200), 20 × closed without an answer` */
function clientsSaw(exchanges: readonly Exchange[]): string {
  const counts = new Map<string, number>();
  for (const { failure } of exchanges) {
    const seen = failure ?? 'answered (status 200)';
    counts.set(seen, (counts.get(seen) ?? 0) + 1);
  }
  return Array.from(counts, ([seen, count]) => `${formatCount(count)} × ${seen}`).join(', ');
}
