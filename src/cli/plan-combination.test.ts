import { describe, expect, it } from 'vitest';
import { checkPlanFlags, describesTopology } from './plan-combination.ts';
import type { PlanFlags } from './plan-flags.ts';

const REFUSAL = { refusal: 1e-6 };

function refusalOf(flags: Partial<PlanFlags>, file?: string): unknown {
  try {
    checkPlanFlags({ ...REFUSAL, ...flags }, file);
    return null;
  } catch (error) {
    return error;
  }
}

describe('the flags of plan', () => {
  it.each<[Partial<PlanFlags>, string?]>([
    [{}],
    [{ rate: 500, hold: 0.05, destinations: 2, sources: 1 }],
    [{ clients: 4, proxies: 1, backends: 2 }],
    [{ clients: 4, proxies: 1, backends: 2, rate: 500, hold: 0.05, closes: 'from' }],
    [{ hold: 0.05, requestsPerConnection: 3 }],
    [{ pattern: { kind: 'constant' }, lanes: { kind: 'random' }, roundTrip: 0.001, keep: 32, retries: 0 }],
    [{ via: 'aws-nat-gateway', viaAddresses: 2, range: { low: 1024, high: 65_535 } }],
    [{ json: true, html: 'plan.html', targetRate: 5_000, simulate: 600, runs: 2, seed: 3 }, 'topology.yaml'],
    [{ boundBeforeConnect: false }, 'topology.yaml'],
    [{ fromStatus: '-', grow: 2, targetRate: 5_000, simulate: 600, html: '-' }],
    [{ grow: 0.5 }, '-'],
  ])('go together: %j', (flags, file) => expect(refusalOf(flags, file)).toBeNull());

  it.each<[Partial<PlanFlags>, string | undefined, string]>([
    [{ rate: 500 }, 'topology.yaml', '--rate describes a topology, and the file does: leave out one'],
    [{ roundTrip: 0 }, '-', '--round-trip describes a topology'],
    [{ keep: 32 }, '-', '--keep describes a topology'],
    [{ timeWait: 0 }, '-', '--time-wait describes a topology'],
    [{ fromStatus: 'x.json', rate: 5 }, undefined, '--rate describes a topology, and the report of --from-status does'],
    [{ fromStatus: '-', via: 'aws-nat-gateway' }, undefined, '--via describes a topology, and the report'],
    [{ fromStatus: 'x.json' }, 'topology.yaml', '--from-status and FILE exclude each other'],
    [{ grow: 2 }, undefined, '--grow multiplies the rates of FILE or of --from-status'],
    [{ grow: 2, rate: 500 }, undefined, 'with flags, write the --rate itself'],
    [{ fromStatus: '-', seed: 2 }, undefined, '--runs and --seed go with --simulate'],
    [{ boundBeforeConnect: true }, '-', '--bound-before-connect describes a topology'],
    [{ clients: 4 }, undefined, '--clients, --proxies and --backends go together: add --proxies'],
    [{ clients: 4, proxies: 1 }, undefined, 'go together: add --backends'],
    [{ proxies: 1, backends: 2 }, undefined, 'go together: add --clients'],
    [
      { clients: 4, proxies: 1, backends: 2, destinations: 2 },
      undefined,
      '--clients and --destinations exclude each other',
    ],
    [{ clients: 4, proxies: 1, backends: 2, hold: 1 }, undefined, '--hold goes with --rate where there are proxies'],
    [
      { clients: 4, proxies: 1, backends: 2, retries: 1 },
      undefined,
      '--retries goes with --rate where there are proxies',
    ],
    [{ closes: 'to', reuse: 1 }, undefined, '--reuse takes over TIME_WAIT slots of the client'],
    [{ viaAddresses: 2 }, undefined, '--via-addresses goes with --via'],
    [{ runs: 2 }, undefined, '--runs and --seed go with --simulate'],
    [{ seed: 2 }, 'topology.yaml', '--runs and --seed go with --simulate'],
    [{ json: true, html: '-' }, undefined, '--json and --html - exclude each other'],
  ])('contradict each other: %j %s', (flags, file, words) => {
    expect(refusalOf(flags, file)).toMatchObject({ code: 'FT_ARGUMENT', message: expect.stringContaining(words) });
  });

  it('describe a topology, or only what is asked about one', () => {
    expect(describesTopology({ timeWait: 0 })).toBe(true);
    expect(describesTopology({ boundBeforeConnect: false })).toBe(false);
    expect(describesTopology({})).toBe(false);
  });
});
