import { describe, expect, it } from 'vitest';
import { closeWait, orphanFinWait2, synSent, timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillWithSynSent } from '../kit/fill.ts';
import { blackHole } from '../kit/links.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, laneTo } from './agreement.ts';

describe('states', () => {
  usesPrivateNamespace();

  it('SYN_SENT to a black hole holds a slot and is live', async () => {
    setPortRange(40_000, 40_099);
    blackHole({ link: 'hole', addresses: ['10.66.0.1/24'] });
    const to = { address: '10.66.0.9', port: 80 };
    synSent(33, to);
    const states = { SYN_SENT: 33 };
    expect(await countedLane(laneTo(to, '10.66.0.1'))).toMatchObject({ used: 33, live: 33, free: 67, states });
    expect(fillWithSynSent(to)).toHaveLength(67);
    expect(await countedLane(laneTo(to, '10.66.0.1'))).toMatchObject({ used: 100, free: 0 });
  });

  it('orphan FIN_WAIT2 holds a slot, is not live, and is never reclaimable', async () => {
    setPortRange(40_000, 40_099);
    const to = serve('127.0.0.1', 9000);
    orphanFinWait2(21, to);
    const lane = await countedLane(laneTo(to, '127.0.0.1'));
    expect(lane).toMatchObject({ used: 21, live: 0, reclaimable: 0, free: 79, states: { FIN_WAIT2: 21 } });
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });

  it('orphan FIN_WAIT2 becomes TIME_WAIT when the server closes', async () => {
    const to = serve('127.0.0.1', 9000);
    const servers = orphanFinWait2(9, to);
    for (const server of servers.slice(0, 5)) server.close();
    const states = { FIN_WAIT2: 4, TIME_WAIT: 5 };
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 9, live: 0, states });
  });

  it('FIN_WAIT2 of a client that still has its socket is live', async () => {
    const to = serve('127.0.0.1', 9000);
    for (const { client, server } of hold(6, to)) {
      client.shutdownWrite();
      server.awaitEnd();
    }
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 6, live: 6, states: { FIN_WAIT2: 6 } });
  });

  it('CLOSE_WAIT holds a slot and is live', async () => {
    const to = serve('127.0.0.1', 9000);
    closeWait(12, to);
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({
      used: 12,
      live: 12,
      states: { CLOSE_WAIT: 12 },
    });
  });

  it('all stand side by side in one lane', async () => {
    setPortRange(40_000, 40_099);
    const to = serve('127.0.0.1', 9000);
    hold(5, to);
    timeWait(6, to);
    orphanFinWait2(7, to);
    closeWait(8, to);
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({
      used: 26,
      live: 13,
      states: { ESTABLISHED: 5, TIME_WAIT: 6, FIN_WAIT2: 7, CLOSE_WAIT: 8 },
    });
  });

  it('a reset leaves nothing', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(4, to);
    for (const { client } of hold(10, to)) client.abort();
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 4 });
  });
});
