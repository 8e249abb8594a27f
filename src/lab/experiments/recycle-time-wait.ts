import { recycle } from '../../recycling/recycle.ts';
import { recycleTimeWait as remedy } from '../../remedies/recycle-time-wait.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { type LaneModel, modelSlots } from '../../tcp/lane-model.ts';
import { parseLanePattern } from '../../tcp/lane-pattern.ts';
import { formatSeconds, plural } from '../../tcp/number-text.ts';
import { rangeSize } from '../../tcp/port-range.ts';
import type { Experiment } from '../experiment.ts';
import type { Host } from '../host.ts';
import { laneOfHost } from '../host-lane.ts';
import { fillWithTimeWait } from '../load/fill.ts';
import { keep } from '../load/keep.ts';
import { Server, Way } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { KERNEL_REFUSES, KERNEL_TAKES_OVER } from './evidence.ts';
import { narrowRange } from './narrow-range.ts';
import { PORT } from './places.ts';
import { useSmallTables } from './small-tables.ts';
import { SustainedRate } from './sustained-rate.ts';
import { takenOver } from './taken-over.ts';
import { FAR, joinTwoHosts, NEAR, WIRE } from './two-hosts.ts';

/** So few that a machine that is busy has the time. */
const PORTS = 200;
/** Connections that live on the lane: enough to judge its network by. */
const LIVE = 6;
/**
 * How long the kernel waits on this wire before it sends again, at least: three and a half times as long a slot stays in
 * TIME_WAIT, and of two seconds 2 % are more than a machine that is busy delays a release.
 */
const LEAST_TIMEOUT_MS = 600;

/** The recycler holds a lane that was full of TIME_WAIT. */
export const recycleTimeWait: Experiment = {
  name: 'recycle-time-wait',
  question: 'How many opens per second does a lane sustain while its old TIME_WAIT slots are released?',
  remedies: ['recycle-time-wait'],
  programs: [],
  seconds: 17,
  pace: 'busy',
  open: async (stage) => {
    useSmallTables();
    const { near, far } = joinTwoHosts(stage, ['client', 'server']);
    near.ip(`route change 10.77.0.0/24 dev ${WIRE} src ${NEAR} rto_min ${LEAST_TIMEOUT_MS}ms`);
    near.writeSetting('ipv4.tcp_tw_reuse', 0);
    const ports = rangeSize(narrowRange(near, stage.range, PORTS));
    const way = new Way(new Server(far, FAR, PORT));
    return { subject: near, run: () => run(stage, near, way, ports) };
  },
};

async function run(stage: Stage, host: Host, way: Way, ports: number): Promise<void> {
  keep(host, way, LIVE);
  const { lane, machine, network } = await laneOfHost(host);
  const [missing] = remedy.missing(machine);
  if (missing !== undefined) throw new FourtupleError('FT_UNSUPPORTED', missing.text);
  const before: LaneModel = {
    ...{ lanes: 1, slotsPerLane: ports - LIVE, holdSeconds: 0 },
    afterCloseSeconds: machine.timeWaitSeconds,
  };
  const after = remedy.predict(before, machine, network);
  const slots = stage.predict({
    what: `TIME_WAIT slots that fill the lane, beside ${plural(LIVE, 'live connection')}`,
    unit: 'slots',
    predicted: modelSlots(before),
    tolerance: { kind: 'exact' },
    basis: `${plural(ports, 'port')} − ${LIVE}`,
  });
  const timeout = network?.retransmitTimeoutSeconds ?? Number.NaN;
  const rate = new SustainedRate(stage, {
    ...{ host, way, before, after, cycles: { saturated: 3, even: 2 }, share: 0.5 },
    comesBack: `until it is released, by a retransmission timeout of ${formatSeconds(timeout)}`,
  });
  const reuses = stage.predict({
    what: 'TIME_WAIT slots that connect() takes over by itself',
    unit: 'slots',
    predicted: lane.reuse === true ? rate.saturatedOpens : 0,
    tolerance: { kind: 'exact' },
    basis: `tcp_tw_reuse=${machine.tcpTwReuse}`,
  });
  stage.progress('filling the lane with TIME_WAIT');
  slots.measure(fillWithTimeWait(host, way), KERNEL_REFUSES);
  const [countBefore, end] = [takenOver(host), new AbortController()];
  const recycling = recycle({
    ...{ namespace: host.namespace, pattern: parseLanePattern(`${NEAR}>${FAR}:${PORT}`) },
    ...{ threshold: { kind: 'slots', slots: 0 }, force: false, seconds: Number.POSITIVE_INFINITY, dryRun: false },
    signal: end.signal,
  });
  await Promise.race([recycling, measure(rate)]);
  end.abort();
  const { released, gone, lanes } = await recycling;
  reuses.measure(takenOver(host) - countBefore, KERNEL_TAKES_OVER);
  stage.note(`The recycler has released ${plural(released, 'slot')}: ${lanes[0]?.reason ?? 'no lane was found'}.`);
  if (gone > 0) stage.note(`${plural(gone, 'slot')} had gone before.`);
}

async function measure(rate: SustainedRate): Promise<void> {
  await rate.measureRate();
  await rate.measureRefusals();
}
