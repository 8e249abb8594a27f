import { describe, expect, it } from 'vitest';
import { SocketCloses } from '../linux/socket-closes.ts';
import { FourtupleError } from '../tcp/error.ts';
import { takeCensus } from './take-census.ts';
import { ClosesWatch, type WatchedCloses } from './watch-closes.ts';

async function watchBy(openCloses: () => SocketCloses): Promise<WatchedCloses> {
  const watch = await ClosesWatch.start({ openCloses });
  watch.stop();
  return watch.compare(await takeCensus());
}

const quiet = { receive: () => 0, lost: false, close: () => {} };

describe('a watch over closes', () => {
  it('that cannot be kept says so, and knows nothing', async () => {
    const { observed, bytesPerConnection, notes } = await watchBy(() => {
      throw new FourtupleError('FT_UNSUPPORTED', 'no netlink socket to watch TCP sockets close: EPERM');
    });
    expect(notes).toEqual(['Closes cannot be watched: no netlink socket to watch TCP sockets close: EPERM.']);
    expect([observed(0), bytesPerConnection(0)]).toEqual([null, null]);
  });

  it('that lost events says so, and knows nothing', async () => {
    const { observed, notes } = await watchBy(() => new SocketCloses({ ...quiet, lost: true }));
    expect(notes).toEqual([expect.stringContaining('some closes were missed')]);
    expect(observed(0)).toBeNull();
  });

  it('that reads what cannot be true says so, and knows nothing', async () => {
    const { observed, notes } = await watchBy(() => new SocketCloses({ ...quiet, receive: () => 7 }));
    expect(notes).toEqual([
      expect.stringMatching(/^The rates of opens and closes are not known: a message about the end/),
    ]);
    expect(observed(0)).toBeNull();
  });
});
