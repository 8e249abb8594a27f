import type { Machine } from '../../remedies/machine.ts';
import { formatCount } from '../../tcp/number-text.ts';
import { machineOfHost } from '../host-machine.ts';
import type { HttpRequests } from '../load/http-requests.ts';
import type { Stage, Stated } from '../stage.ts';
import { lookWhileExhausted } from './exhausted-proxy.ts';
import { Exhaustion } from './exhaustion.ts';
import { checkTime } from './in-time.ts';
import { laneModel, type Offer, type Outlook, offerFor, outlookOf } from './outlook.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { failuresOf, type Judged, showOutcomes } from './show-outcomes.ts';
import type { Site } from './site.ts';
import { type ProxyAtWork, prepareHost, runVariant, startProxy, type VariantOutcome } from './variant-run.ts';
import { possibleVariants, type Variant } from './variants.ts';

/** So many proxies with a change get their requests side by side: with more a small machine would not keep the pace. */
const SIDE_BY_SIDE = 2;

/** A variant, what is expected of it, and a way to measure it. */
interface Test {
  readonly variant: Variant;
  readonly outlook: Outlook;
  measure(proxy: ProxyAtWork): Promise<VariantOutcome>;
}

/** What one program is put to: as it is, and with each remedy. */
export class ProxyMeasurement {
  readonly #stage: Stage;
  readonly #site: Site;
  readonly #program: ProxyProgram;
  readonly #machine: Machine;
  readonly #offer: Offer;

  private constructor(stage: Stage, site: Site, program: ProxyProgram, machine: Machine) {
    this.#stage = stage;
    this.#site = site;
    this.#program = program;
    this.#machine = machine;
    this.#offer = offerFor(laneModel(machine, site.backends.length, null));
  }

  /** @param asItIs the proxy as it is, which has had no request yet: all are on hosts like its own */
  static async run(stage: Stage, site: Site, program: ProxyProgram, asItIs: ProxyAtWork): Promise<void> {
    const machine = await machineOfHost(asItIs.proxy.host);
    await new ProxyMeasurement(stage, site, program, machine).#run(asItIs);
  }

  async #run(asItIs: ProxyAtWork): Promise<void> {
    const tests = possibleVariants(this.#program, this.#machine).map((variant) => this.#predict(variant));
    const judged: Judged[] = [];
    for (const together of inGroups(tests)) {
      const doing = together.map(({ variant }) => variant.change).join(' | ');
      this.#stage.progress(doing, { share: judged.length / tests.length });
      judged.push(...(await this.#measure(together, asItIs)));
    }
    showOutcomes(this.#stage, this.#program, this.#offer, judged);
  }

  /** All that is expected is said before anything is measured. */
  #predict(variant: Variant): Test {
    const outlook = outlookOf(laneModel(this.#machine, this.#site.backends.length, variant.remedy), this.#offer);
    const failures = this.#predictFailures(variant, outlook);
    const exhaustion =
      variant.remedy === null ? new Exhaustion(this.#stage, this.#program, outlook, this.#site.backends) : null;
    const measure = async (proxy: ProxyAtWork): Promise<VariantOutcome> => {
      const look = async (requests: HttpRequests): Promise<void> => {
        if (exhaustion === null) return;
        exhaustion.measureLanes(await lookWhileExhausted(proxy.proxy.host, requests, outlook.refused));
      };
      const outcome = await runVariant(proxy, this.#site, this.#offer, look);
      const failed = failuresOf(outcome).length;
      failures.measure(failed, `the clients, and the log of ${this.#program.title} has ${tally(failed, outcome)}`);
      exhaustion?.measureRefusals(outcome);
      return outcome;
    };
    return { variant, outlook, measure };
  }

  #predictFailures({ change }: Variant, { refused, basis }: Outlook): Stated {
    const prediction = { unit: 'requests', predicted: refused, tolerance: { kind: 'exact' }, basis } as const;
    return this.#stage.predict({ what: `failed requests: ${change}`, ...prediction });
  }

  /** Sets them up one by one, then sends the requests of all. */
  async #measure(tests: readonly Test[], asItIs: ProxyAtWork): Promise<Judged[]> {
    const startedAt = performance.now();
    const ready: { readonly test: Test; readonly proxy: ProxyAtWork }[] = [];
    for (const test of tests) {
      const { variant } = test;
      const proxy =
        variant === asItIs.variant ? asItIs : await startProxy(this.#stage, this.#site, this.#program, variant);
      prepareHost(proxy, this.#site, this.#machine, this.#offer);
      ready.push({ test, proxy });
    }
    const judged = await Promise.all(
      ready.map(async ({ test, proxy }) => ({ outlook: test.outlook, outcome: await test.measure(proxy) })),
    );
    if (judged.some(({ outlook }) => outlook.refused > 0)) checkTime(startedAt);
    return judged;
  }
}

/** What the proxy says of what its clients say. */
function tally(failed: number, { refusals }: VariantOutcome): string {
  return refusals === failed ? 'as many' : `${formatCount(refusals)}`;
}

/** The proxy as it is by itself, for its slots are not to come back meanwhile; then the others. */
function inGroups([asItIs, ...others]: readonly Test[]): Test[][] {
  const groups = asItIs === undefined ? [] : [[asItIs]];
  for (let next = 0; next < others.length; next += SIDE_BY_SIDE) groups.push(others.slice(next, next + SIDE_BY_SIDE));
  return groups;
}
