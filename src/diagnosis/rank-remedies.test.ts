import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { keepConnections } from '../remedies/keep-connections.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import type { Remedy, Situation } from '../remedies/remedy.ts';
import { tcpTwReuse } from '../remedies/tcp-tw-reuse.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { rankRemedies } from './rank-remedies.ts';
import type { RemedyReport } from './report.ts';

const good = situationLike().network as NetworkQuality;

function reported(remedy: Remedy, situation: Situation): RemedyReport {
  const [report] = rankRemedies([remedy], situation);
  if (report === undefined) throw new Error('left out');
  return report;
}

describe('a remedy for a lane', () => {
  it('is predicted by what the lane goes through', () => {
    const gainWith = (network: Situation['network']) => reported(recycleTimeWait, situationLike({ network })).gain;
    const held = 0.003;
    expect(gainWith(good)).toBeCloseTo((61.024 + held) / (1 + held), 3);
    expect(gainWith({ ...good, retransmitTimeoutSeconds: 0.6 })).toBeCloseTo((61.024 + held) / (2.1 + held), 3);
    expect(gainWith(null)).toBeCloseTo((61.024 + held) / (3.5 + held), 3);
  });

  it('has the command of fix beside the plain one', () => {
    const machine = machineLike({ commandPrefix: 'ip netns exec web', fixFlags: '--netns web' });
    expect(reported(tcpTwReuse, situationLike({ machine }))).toMatchObject({
      fix: 'fourtuple fix tcp-tw-reuse --netns web --apply',
      command: 'ip netns exec web sysctl -w net.ipv4.tcp_tw_reuse=1',
    });
    expect(reported(keepConnections, situationLike({ machine })).fix).toBeNull();
  });

  it('has it also where a privilege is all that is missing, and not where the kernel cannot do it', () => {
    const unprivileged = situationLike({ machine: machineLike({ capabilities: new Set() }) });
    for (const remedy of [tcpTwReuse, recycleTimeWait]) {
      expect(reported(remedy, unprivileged)).toMatchObject({ possible: true, fix: expect.stringContaining(remedy.id) });
    }
    const old = situationLike({ machine: machineLike({ kernel: { major: 5, minor: 19 } }) });
    expect(reported(recycleTimeWait, old)).toMatchObject({ possible: false, fix: null });
  });

  it('comes after one that gains as much and takes less effort', () => {
    const ids = rankRemedies([recycleTimeWait, tcpTwReuse], situationLike()).map(({ id }) => id);
    expect(ids).toEqual(['tcp-tw-reuse', 'recycle-time-wait']);
  });
});
