import { describe, expect, it } from 'vitest';
import { socketOptions } from '../../test/kit/inet-diag-encoder.ts';
import { censusOf, idle, lane, ports, type Scene } from '../../test/kit/scans.ts';

const [SOURCE, BACKEND] = ['10.0.0.5', '10.0.1.9'];
const range = { low: 40_000, high: 40_999 };
const odd = (from: number, to: number): number[] => ports(from, to, 2);

/** The bindings that a census finds where the kernel skips these ports, and the ports that were asked about. */
function asked(scene: Scene, skipped: Iterable<number> | null): { pools: string[]; blocked: number; probes: number[] } {
  const skips = skipped === null ? null : new Set(skipped);
  const probes: number[] = [];
  const census = censusOf(
    { range, ...scene },
    {
      isPortBlocked: (port) => {
        probes.push(port);
        return skips === null ? null : skips.has(port);
      },
    },
  );
  const pools = census.lanes().map(({ destination, pool }) => `${destination} ${pool}`);
  return { pools: pools.sort(), blocked: census.blocked.ports.size, probes };
}

describe('asking the kernel which ports it skips', () => {
  it('overrules what the ports suggest: they were found past the cliff, which the lane has left since', () => {
    const sockets = lane(SOURCE, BACKEND, 80, odd(40_001, 40_059), { leftMs: 20_000 });
    expect(censusOf({ range, sockets }).lane(0).pool).toBe('source');
    expect(asked({ sockets }, [])).toMatchObject({ pools: [`${BACKEND} lane`], blocked: 0 });
  });

  it('tells a lane that its ports alone do not tell', () => {
    const sockets = lane(SOURCE, BACKEND, 80, [40_001, 40_003]);
    expect(censusOf({ range, sockets }).lane(0).pool).toBe('lane');
    expect(asked({ sockets }, [40_001, 40_003])).toMatchObject({ pools: [`${BACKEND} source`], blocked: 2 });
  });

  it('leaves it to the ports where the kernel cannot be asked', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, odd(40_001, 40_059)),
      ...lane(SOURCE, '10.0.1.8', 80, [40_000, 40_201]),
    ];
    const { pools, blocked, probes } = asked({ sockets }, null);
    expect({ pools, blocked }).toEqual({ pools: ['10.0.1.8 lane', `${BACKEND} source`], blocked: 30 });
    expect(probes).toHaveLength(1);
  });

  it('asks about no port that connect() takes first: those tell nothing', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, ports(40_000, 40_198, 2)),
      ...lane(SOURCE, '10.0.1.8', 80, [40_201, 40_203], { attributes: [socketOptions(true)] }),
      ...lane(SOURCE, '10.0.1.7', 80, [40_301, 40_303]),
    ];
    const bound = [40_301, 40_303].map((port) => idle('10.0.0.8', port));
    expect(asked({ sockets, bound }, ports(40_000, 40_999)).probes).toEqual([]);
  });

  it('goes on to the ports that connect() takes first where bind() may have run out of the others', () => {
    const sockets = lane(SOURCE, BACKEND, 80, [...odd(40_001, 40_019), 40_000, 40_002, 40_004]);
    const all = [...odd(40_001, 40_019), 40_000, 40_002, 40_004];
    expect(asked({ sockets }, all)).toMatchObject({ pools: [`${BACKEND} source`], blocked: 13 });
    expect(asked({ sockets }, odd(40_001, 40_019))).toMatchObject({ pools: [`${BACKEND} source`], blocked: 10 });
  });

  it('counts no port as blocked that the kernel does not skip', () => {
    const sockets = lane(SOURCE, BACKEND, 80, odd(40_001, 40_019));
    expect(asked({ sockets }, odd(40_001, 40_009))).toMatchObject({ pools: [`${BACKEND} source`], blocked: 5 });
  });

  it('asks about a sample of a large lane, and takes the rest for what most of it is', () => {
    const sockets = lane(SOURCE, BACKEND, 80, odd(40_001, 40_899));
    const { pools, blocked, probes } = asked({ sockets }, odd(40_001, 40_899));
    expect({ pools, blocked }).toEqual({ pools: [`${BACKEND} source`], blocked: 450 });
    expect(probes.length).toBeLessThan(100);
    // Some of its ports were bound by others since connect() took them.
    expect(asked({ sockets }, odd(40_001, 40_099)).pools).toEqual([`${BACKEND} lane`]);
  });

  it('stays cheap however many lanes there are', () => {
    const sockets = ports(1, 400).flatMap((index) =>
      lane(SOURCE, `10.1.${index >> 8}.${index & 255}`, 80, odd(40_001, 40_019)),
    );
    expect(asked({ sockets }, []).probes.length).toBeLessThanOrEqual(1_024);
  });
});
