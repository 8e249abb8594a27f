import { setTimeout as sleep } from 'node:timers/promises';
import { readSegmentCounts } from '../../linux/segment-counts.ts';
import { recycle } from '../../recycling/recycle.ts';
import { recycleAgeSeconds, recycleTimeWait } from '../../remedies/recycle-time-wait.ts';
import type { Remedy, Situation } from '../../remedies/remedy.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { parseAddress } from '../../tcp/address.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { parseLanePattern } from '../../tcp/lane-pattern.ts';
import type { NetworkQuality } from '../../tcp/network-quality.ts';
import { formatShare, plural } from '../../tcp/number-text.ts';
import { isPrivate } from '../../tcp/private-network.ts';
import type { Experiment } from '../experiment.ts';
import { laneOfHost } from '../host-lane.ts';
import { countGranted, fillWithTimeWait } from '../load/fill.ts';
import { type Connection, keep } from '../load/keep.ts';
import { talk } from '../load/talk.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage, Stated } from '../stage.ts';
import { KERNEL_REFUSES } from './evidence.ts';
import { countLost, loseOneIn } from './lose-segments.ts';
import { narrowRange } from './narrow-range.ts';
import { PORT } from './places.ts';
import { FAR, joinTwoHosts, NEAR, type TwoHosts } from './two-hosts.ts';

/** Of the segments with data. */
const LOST_ONE_IN = 20;
/** Connections on each network that live, and talk. */
const LIVE = 100;
/** Slots of each lane in TIME_WAIT. */
const TIME_WAIT = 100;
/** What each connection says: a segment at a time, so that the kernel has no reason to send one again but its loss. */
const ROUNDS = 10;
const SEGMENT_BYTES = 1_000;
/** Of the share that was sent again: one or two segments of a thousand. */
const TOLERANCE = { kind: 'absolute', by: 0.002 } as const;

/** Remedies that cut TIME_WAIT short: safe where segments do not arrive late. */
const REMEDIES: readonly Remedy[] = [tcpTwReuse, recycleTimeWait];

/** A network, and the share of its segments that it loses. */
interface Network extends TwoHosts {
  readonly name: string;
  readonly lostShare: number;
}

/** A network whose lane is full, and what is stated of it. */
interface Subject extends Network {
  readonly way: Way;
  readonly connections: readonly Connection[];
  readonly sentAgain: Stated;
  readonly refused: Stated;
  readonly released: Stated;
}

/** The same lane on a clean network and on one that loses segments: what may be done about its TIME_WAIT. */
export const lossyNetwork: Experiment = {
  name: 'lossy-network',
  question: 'Is TIME_WAIT cut short where the network loses segments?',
  remedies: REMEDIES.map(({ id }) => id),
  programs: ['nft'],
  seconds: 5,
  pace: 'waiting',
  open: async (stage) => {
    const lossy = openNetwork(stage, 'lossy', 1 / LOST_ONE_IN);
    loseOneIn(LOST_ONE_IN, lossy.far);
    const networks = [openNetwork(stage, 'clean', 0), lossy];
    return { subject: lossy.near, run: () => run(stage, networks) };
  },
};

function openNetwork(stage: Stage, name: string, lostShare: number): Network {
  const hosts = joinTwoHosts(stage, [`${name}-client`, `${name}-server`]);
  narrowRange(hosts.near, stage.range, LIVE + TIME_WAIT);
  return { ...hosts, name, lostShare };
}

async function run(stage: Stage, networks: readonly Network[]): Promise<void> {
  const subjects: Subject[] = [];
  for (const network of networks) subjects.push(await prepare(stage, network));
  const rows: string[][] = [];
  let ageSeconds = 0;
  for (const subject of subjects) {
    stage.progress(`talking on the ${subject.name} network`, { isIdle: true });
    measureSentAgain(subject);
    const situation = await laneOfHost(subject.near);
    subject.refused.measure(countRefused(situation), 'the tcp_info of its live connections, as doctor judges it');
    rows.push(...REMEDIES.map((remedy) => verdict(subject, remedy, situation)));
    ageSeconds = Math.max(ageSeconds, situation.network === null ? 0 : recycleAgeSeconds(situation.network));
  }
  stage.table({ title: 'May TIME_WAIT be cut short?', columns: ['network', 'remedy', 'safe', 'because'], rows });
  stage.progress('waiting until TIME_WAIT slots are old enough', { isIdle: true });
  await sleep(1_000 * ageSeconds);
  for (const subject of subjects) await measureReleased(stage, subject);
}

/** Opens its connections, states what is predicted, and fills the rest of the lane with TIME_WAIT. */
async function prepare(stage: Stage, network: Network): Promise<Subject> {
  const { name, near, far, lostShare } = network;
  const way = new Way(new Server(far, FAR, PORT));
  const connections = keep(near, way, LIVE);
  const situation = { ...(await laneOfHost(near)), network: expectedNetwork(lostShare) };
  const mayRecycle = recycleTimeWait.safety(situation).safe === true;
  const slots = situation.lane.slots - LIVE;
  const exact = { kind: 'exact' } as const;
  const stated = {
    sentAgain: stage.predict({
      ...{
        what: `${name} network, share of segments sent again`,
        unit: '',
        predicted: lostShare,
        tolerance: TOLERANCE,
      },
      basis: lostShare === 0 ? 'none is lost' : `one in ${LOST_ONE_IN} is lost`,
    }),
    refused: stage.predict({
      ...{ what: `${name} network, remedies refused`, unit: '', predicted: countRefused(situation), tolerance: exact },
      basis: `${REMEDIES.map(({ id }) => id).join(', ')} on a network that loses ${formatShare(lostShare)}`,
    }),
    released: stage.predict({
      what: `${name} network, TIME_WAIT slots that the recycler releases`,
      unit: 'slots',
      predicted: mayRecycle ? slots : 0,
      tolerance: exact,
      basis: mayRecycle ? `${plural(slots, 'slot')}, all old enough` : 'it leaves such a network alone',
    }),
  };
  stage.progress(`filling a lane with TIME_WAIT, on the ${name} network`);
  fillWithTimeWait(near, way);
  return { ...network, ...stated, way, connections };
}

/** What live connections are expected to tell of a wire that does nothing but lose segments. */
function expectedNetwork(lostShare: number): NetworkQuality {
  return {
    ...{ samples: LIVE, isPrivate: isPrivate(parseAddress(FAR)), segmentsSent: LIVE * ROUNDS },
    ...{ roundTripSeconds: 0, roundTripVarianceSeconds: 0, retransmitTimeoutSeconds: null },
    ...{ retransmittedShare: lostShare, reorderedShare: 0, timestampsShare: 1 },
    bytesPerConnection: ROUNDS * SEGMENT_BYTES,
  };
}

function countRefused(situation: Situation): number {
  return REMEDIES.filter((remedy) => remedy.safety(situation).safe !== true).length;
}

function verdict({ name }: Network, remedy: Remedy, situation: Situation): string[] {
  const { safe, reason } = remedy.safety(situation);
  return [name, remedy.id, safe === null ? 'not known' : safe ? 'yes' : 'no', reason];
}

function measureSentAgain({ near, far, lostShare, connections, sentAgain }: Subject): void {
  const before = near.inside(readSegmentCounts);
  talk(connections, ROUNDS, SEGMENT_BYTES);
  const after = near.inside(readSegmentCounts);
  if (before === null || after === null) throw new FourtupleError('FT_LAB', 'the counters of segments cannot be read');
  const again = after.retransmitted - before.retransmitted;
  const all = after.sent - before.sent;
  const lost = lostShare === 0 ? '' : `; nftables has dropped ${countLost(far)}`;
  sentAgain.measure(again / all, `the kernel's counters RetransSegs, OutSegs: ${again} of ${all}${lost}`);
}

/** Lets the recycler release what it may, once, and counts the slots that connect() has then. */
async function measureReleased(stage: Stage, { name, near, way, released }: Subject): Promise<void> {
  try {
    await recycle({
      ...{ namespace: near.namespace, pattern: parseLanePattern(`${NEAR}>${FAR}:${PORT}`), dryRun: false },
      ...{ threshold: { kind: 'slots', slots: 0 }, force: false, seconds: null },
    });
  } catch (error) {
    if (!(error instanceof FourtupleError) || error.code !== 'FT_REMEDY') throw error;
    stage.note(`On the ${name} network the recycler says: ${error.message}.`);
  }
  released.measure(countGranted(near, way), KERNEL_REFUSES);
}
