import type { LaneModel } from '../../tcp/lane-model.ts';
import { plural } from '../../tcp/number-text.ts';
import type { Stage, Stated } from '../stage.ts';
import { usedSlots } from './lanes-by-ss.ts';
import type { ProxyUnderSpread } from './proxy-under-spread.ts';

/** Requests with the spread, for each lane; and without it again. */
const FOR_EACH_LANE = 10;
const AFTERWARDS = 20;

/** A proxy whose connections are spread, and then no more. */
export class TakenBack {
  readonly #stage: Stage;
  readonly #proxy: ProxyUnderSpread;
  readonly #model: LaneModel;
  readonly #stated: Readonly<Record<'lanes' | 'own' | 'others', Stated>>;

  /** Says what is expected. @param model of the proxy with the spread */
  constructor(stage: Stage, proxy: ProxyUnderSpread, model: LaneModel) {
    this.#stage = stage;
    this.#proxy = proxy;
    this.#model = model;
    const say = (what: string, unit: string, predicted: number, basis: string): Stated =>
      stage.predict({ what, unit, predicted, tolerance: { kind: 'exact' }, basis });
    const served = `the proxy serves ${plural(AFTERWARDS, 'request')}`;
    this.#stated = {
      lanes: say('lanes that another proxy takes', 'lanes', model.lanes, 'it is spread, and no lane is full'),
      own: say('opened on its own lane when it is detached', 'slots', AFTERWARDS, served),
      others: say('opened on the other lanes then', 'slots', 0, 'what connect() is given is left alone'),
    };
  }

  async measure(): Promise<void> {
    const [proxy, stated] = [this.#proxy, this.#stated];
    this.#stage.progress('detaching it from another proxy', { share: 0.9 });
    const spread = proxy.attach();
    try {
      await proxy.send(FOR_EACH_LANE * this.#model.lanes);
    } finally {
      spread.detach();
    }
    const before = proxy.lanes();
    await proxy.send(AFTERWARDS);
    const after = proxy.lanes();
    const own = (after.get(proxy.ownLane) ?? 0) - (before.get(proxy.ownLane) ?? 0);
    stated.lanes.measure(before.size, SS);
    stated.own.measure(own, SS);
    stated.others.measure(usedSlots(after) - usedSlots(before) - own, SS);
  }
}

const SS = 'ss -tan, by source and destination';
