import { formatLane } from '../../tcp/lane.ts';
import { modelSlots } from '../../tcp/lane-model.ts';
import { formatCount } from '../../tcp/number-text.ts';
import type { Stage, Stated } from '../stage.ts';
import type { ExhaustedProxy } from './exhausted-proxy.ts';
import type { Outlook } from './outlook.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { BACKEND_PORTS, type Reached } from './site.ts';
import type { VariantOutcome } from './variant-run.ts';

const EXACT = { kind: 'exact' } as const;

/** What is predicted of the proxy as it is, besides what its clients see. */
export class Exhaustion {
  readonly #stage: Stage;
  readonly #program: ProxyProgram;
  readonly #lanes: readonly { readonly destination: string; readonly stated: Stated }[];
  readonly #listed: Stated;
  readonly #refusals: Stated;

  constructor(stage: Stage, program: ProxyProgram, { model, refused, basis }: Outlook, backends: readonly Reached[]) {
    this.#stage = stage;
    this.#program = program;
    const slots = formatCount(model.slotsPerLane);
    this.#lanes = backends.map(({ host, addresses: [destination] }) => ({
      destination,
      stated: stage.predict({
        ...{ what: `used slots of the lane to ${host.name}, exhausted`, unit: 'slots', tolerance: EXACT },
        ...{ predicted: model.slotsPerLane, basis: `a lane has ${slots} slots` },
      }),
    }));
    this.#listed = stage.predict({
      ...{ what: 'used slots towards both backends, exhausted', unit: 'slots', tolerance: EXACT },
      ...{ predicted: modelSlots(model), basis: `${model.lanes} lanes × ${slots} slots` },
    });
    this.#refusals = stage.predict({
      ...{ what: 'connect() that found no port', unit: '', tolerance: EXACT },
      ...{ predicted: refused, basis: `one for each request that is refused: ${basis}` },
    });
  }

  measureLanes({ lanes, listedBySs }: ExhaustedProxy): void {
    for (const { destination, stated } of this.#lanes) {
      const lane = lanes.find((one) => one.destination === destination && one.port === BACKEND_PORTS[0]);
      stated.measure(lane?.used ?? 0, "a census of the proxy's namespace, while requests fail");
    }
    this.#listed.measure(listedBySs, 'ss -tan, while requests fail');
    this.#stage.table({
      title: 'The lanes of the proxy while requests fail, by a census',
      columns: ['lane', 'slots', 'used', 'TIME_WAIT', 'free'],
      rows: lanes.map((lane) => [formatLane(lane), lane.slots, lane.used, lane.states.TIME_WAIT ?? 0, lane.free]),
    });
  }

  measureRefusals({ refusals }: VariantOutcome): void {
    this.#refusals.measure(refusals, `the log of ${this.#program.title}`);
  }
}
