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

  it('does not take a lane for bound whose ports another source was bound to afterwards', () => {
    // connect() had them first; bind() for another address does not care.
    const connected = lane(SOURCE, BACKEND, 80, [...ports(40_000, 40_098, 2), ...odd(40_001, 40_099)]);
    const bound = lane('10.0.0.6', '10.0.1.8', 80, odd(40_001, 40_019));
    const found = asked(
      { range: { low: 40_000, high: 40_099 }, sockets: [...connected, ...bound] },
      odd(40_001, 40_019),
    );
    expect(found).toMatchObject({ pools: ['10.0.1.8 source', `${BACKEND} lane`], blocked: 10 });
  });

  it('asks about all of 64 ports and a sixteenth part of more, spread over the lane', () => {
    const small = lane(SOURCE, BACKEND, 80, odd(40_001, 40_127));
    expect(asked({ sockets: small }, []).probes).toEqual(odd(40_001, 40_127));
    const large = lane(SOURCE, BACKEND, 80, odd(40_001, 40_999));
    expect(asked({ sockets: large }, []).probes).toEqual(
      ports(0, 15).map((index) => 40_001 + 2 * Math.floor((index * 500) / 16)),
    );
  });

  it('asks about lanes too that only stand beside one where bind() seems to have run out of ports', () => {
    // All others ports of the range are held by a bound lane of the same source: by their ports alone both were bound.
    const small = { low: 40_000, high: 40_079 };
    const bound = [...odd(40_001, 40_079), 40_000, 40_002];
    const sockets = [...lane(SOURCE, BACKEND, 80, bound), ...lane(SOURCE, '10.0.1.8', 80, ports(40_004, 40_078, 2))];
    expect(censusOf({ range: small, sockets }).usable).toBe(0);
    const found = asked({ range: small, sockets }, bound);
    expect(found).toMatchObject({ pools: ['10.0.1.8 lane', `${BACKEND} source`], blocked: 42 });
  });

  it('keeps what it has been told where the kernel stops answering', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, odd(40_001, 40_039)),
      ...lane(SOURCE, '10.0.1.8', 80, odd(40_101, 40_119)),
    ];
    let left = 20;
    const context = { isPortBlocked: (port: number) => (left-- > 0 ? port < 40_020 : null) };
    const census = censusOf({ range, sockets }, context);
    expect(census.lanes().map(({ pool }) => pool)).toEqual(['source', 'source']);
    expect(new Set(census.blocked.ports)).toEqual(new Set([...odd(40_001, 40_019), ...odd(40_101, 40_119)]));
  });

  it('asks a thousand questions at most, the largest lanes first, and leaves the others to their ports', () => {
    const large = ports(1, 30).flatMap((index) => lane(`10.0.2.${index}`, '10.0.1.8', 80, odd(40_001, 40_199)));
    // Nine of nine ports tell by themselves.
    const small = ports(1, 200).flatMap((index) => lane(`10.0.3.${index}`, BACKEND, 80, odd(40_001, 40_017)));
    const { pools, probes } = asked({ sockets: [...small, ...large] }, []);
    const answered = Math.floor((1_024 - 30 * 16) / 9);
    expect(probes).toHaveLength(30 * 16 + answered * 9);
    expect(pools).toEqual([
      ...new Array(30).fill('10.0.1.8 lane'),
      ...new Array(answered).fill(`${BACKEND} lane`),
      ...new Array(200 - answered).fill(`${BACKEND} source`),
    ]);
  });

  it('asks no more where all that it asks about is bound', () => {
    const sockets = ports(1, 500).flatMap((index) =>
      lane(`10.0.${index >> 8}.${index & 255}`, BACKEND, 80, [40_001, 40_003, ...ports(40_000, 40_118, 2)]),
    );
    const { probes, pools } = asked({ sockets }, ports(40_000, 40_999));
    expect(probes.length).toBeGreaterThan(960);
    expect(probes.length).toBeLessThanOrEqual(1_024);
    expect(pools).toEqual(new Array(500).fill(`${BACKEND} source`));
  });

  it('stays cheap however many lanes there are', () => {
    const sockets = ports(1, 400).flatMap((index) =>
      lane(SOURCE, `10.1.${index >> 8}.${index & 255}`, 80, odd(40_001, 40_019)),
    );
    expect(asked({ sockets }, []).probes.length).toBeLessThanOrEqual(1_024);
  });
});
