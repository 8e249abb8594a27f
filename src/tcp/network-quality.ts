import { formatCount, formatShare, plural } from './number-text.ts';

/**
 * What is known of the network to a destination, from the live connections of one lane to it (struct tcp_info): TIME_WAIT
 * guards against segments that a bad network delivers late. What no connection tells is null.
 */
export interface NetworkQuality {
  /** Connections that were looked at; those of other lanes to the same host where this one has none. */
  readonly samples: number;
  /**
   * Whether the destination's address is of a private network (loopback, RFC 1918, 4193, 6598, 3927 or 4291 2.5.6), or the
   * source's own.
   */
  readonly isPrivate: boolean;
  /** Median of the smoothed round trip times. */
  readonly roundTripSeconds: number | null;
  /** Median of their mean deviations. */
  readonly roundTripVarianceSeconds: number | null;
  /**
   * How long the kernel waits before it sends again (RTO): of these connections, the one that nine in ten do not exceed.
   * At least 0.2 s on Linux (TCP_RTO_MIN); 1 s until a round trip was measured (RFC 6298).
   */
  readonly retransmitTimeoutSeconds: number | null;
  /** Segments sent with these connections. */
  readonly segmentsSent: number | null;
  /** Of all segments sent with these connections, those that were sent again; 0 to 1. */
  readonly retransmittedShare: number | null;
  /** Of the connections, those that saw segments arrive out of order; 0 to 1. */
  readonly reorderedShare: number | null;
  /** Of the connections, those that negotiated timestamps; 0 to 1. */
  readonly timestampsShare: number | null;
  /** Mean of the bytes that a connection has carried so far, both ways together. */
  readonly bytesPerConnection: number | null;
}

/** Whether a network is so good that TIME_WAIT has little to guard against. */
export interface NetworkJudgement {
  /** null where too little is known. */
  readonly isGood: boolean | null;
  /** Why, with the figures that it rests on: one sentence without a full stop. */
  readonly reason: string;
}

/** Whether TIME_WAIT may be cut short in one way. */
export interface ShorteningJudgement {
  /** null where too little is known. */
  readonly safe: boolean | null;
  /** Why, with the figures that it rests on: one sentence without a full stop. */
  readonly reason: string;
}

/** With fewer connections than these, one that fares badly is as likely an accident as a rule. */
export const FEWEST_SAMPLES = 5;
/** A segment that is sent again may leave a duplicate behind. Wired networks lose far less, bad ones several percent. */
const MOST_RETRANSMITTED = 0.01;
/** Of few segments a single one that is sent again is more than that: what is so many deviations above is no chance. */
const DEVIATIONS = 3;
/** Overtaking is how a duplicate outlives its connection. A router's change of path now and then does no harm. */
const MOST_REORDERED = 0.05;
/**
 * Four times this is the least that the kernel adds to a round trip before it sends again (TCP_RTO_MIN, 200 ms): below it
 * the kernel itself takes the network as steady. There is no limit relative to the round trip: the deviation starts as
 * half of the first round trip (`tcp_rtt_estimator()`), and short connections measure no second.
 */
const MOST_VARIANCE_SECONDS = 0.05;

/** So few segments of a machine say nothing about its network. */
const FEWEST_SEGMENTS = 1_000;

/** All TCP segments of a machine, or of one network namespace of it. */
export interface Segments {
  readonly sent: number;
  /** Of these, the ones that were sent again. */
  readonly retransmitted: number;
}

const NOT_MEASURED = 'no live connection to judge by';

/**
 * Judges a network by what TIME_WAIT guards against (RFC 1337: duplicates that outlive their connection): good is a
 * private network whose live connections show few retransmissions, little reordering and a steady round trip. Of a public
 * one no figure shows how late a segment can arrive.
 *
 * @param quality null where nothing is known
 */
export function judgeNetwork(quality: NetworkQuality | null): NetworkJudgement {
  if (quality === null) return { isGood: null, reason: NOT_MEASURED };
  const judged = judgeFigures(quality);
  if (quality.isPrivate || judged.isGood === false) return judged;
  return { isGood: false, reason: `${judged.reason}: a segment can arrive later there than figures show` };
}

/**
 * Whether `connect()` may take over TIME_WAIT slots towards this network (tcp_tw_reuse). Timestamps tell segments of the
 * old connection from those of the new one (RFC 6191, 7323), so it need not be private; without them the kernel takes
 * over nothing (`tcp_twsk_unique()`). Where the last acknowledgement is often lost, the other end still has the old
 * connection, resets the new one, and `connect()` takes a second more: so a bad network is none for it either. A private
 * network without live connections is judged by all that the machine has sent.
 *
 * @param quality null where nothing is known
 * @param segments of the machine; null where not known
 */
export function judgeReuse(quality: NetworkQuality | null, segments: Segments | null = null): ShorteningJudgement {
  if (quality === null) return { safe: null, reason: NOT_MEASURED };
  const { samples, timestampsShare } = quality;
  if (timestampsShare === 0) {
    const connections = plural(samples, 'connection');
    return {
      safe: false,
      reason: `useless: no timestamps were negotiated (${connections}), and no slot can be reused`,
    };
  }
  const { isGood, reason } = judgeFigures(quality);
  if (isGood === null && quality.isPrivate) return judgeBySegments(reason, segments);
  if (isGood === true && timestampsShare === null) return { safe: null, reason: `timestamps not known: ${reason}` };
  return { safe: isGood, reason };
}

function judgeBySegments(reason: string, segments: Segments | null): ShorteningJudgement {
  if (segments === null || segments.sent < FEWEST_SEGMENTS) return { safe: null, reason };
  const share = segments.retransmitted / segments.sent;
  const all = `of all ${formatCount(segments.sent)} segments sent from here ${formatShare(share)} were sent again`;
  return isMoreThanChance(share, segments.sent)
    ? { safe: null, reason: `${reason}, and ${all}` }
    : { safe: true, reason: `${reason}; ${all}` };
}

/**
 * Whether TIME_WAIT sockets towards this network may be destroyed. Nothing then tells late segments of the old connection
 * from those of the new one: only for a good network, see {@link judgeNetwork}. A private one without live connections is
 * judged by all that the machine has sent.
 *
 * @param quality null where nothing is known
 * @param segments of the machine; null where not known
 */
export function judgeRecycling(quality: NetworkQuality | null, segments: Segments | null = null): ShorteningJudgement {
  const { isGood, reason } = judgeNetwork(quality);
  return isGood === null && quality?.isPrivate === true ? judgeBySegments(reason, segments) : { safe: isGood, reason };
}

/** Judges by the figures alone, private or not. */
function judgeFigures(quality: NetworkQuality): NetworkJudgement {
  const { samples, retransmittedShare } = quality;
  const network = quality.isPrivate ? 'private network' : 'public network';
  if (samples === 0) return { isGood: null, reason: `${network}, but ${NOT_MEASURED}` };
  if (samples < FEWEST_SAMPLES) {
    const found = `only ${plural(samples, 'live connection')} to judge by`;
    return { isGood: null, reason: `${network}, but ${found}, ${FEWEST_SAMPLES} are needed` };
  }
  const bad = badFigure(quality);
  const connections = plural(samples, 'connection');
  if (bad !== null) return { isGood: false, reason: `${network}, but ${bad} (${connections})` };
  const known = retransmittedShare !== null && quality.roundTripVarianceSeconds !== null;
  const figures = describeFigures(quality).join(', ');
  return { isGood: known ? true : null, reason: `${network}, ${figures} (${connections})` };
}

function badFigure(quality: NetworkQuality): string | null {
  const { retransmittedShare, segmentsSent, reorderedShare, roundTripVarianceSeconds } = quality;
  if (retransmittedShare !== null && isMoreThanChance(retransmittedShare, segmentsSent ?? 0)) {
    return `${formatShare(retransmittedShare)} retransmitted, more than ${formatShare(MOST_RETRANSMITTED)}`;
  }
  if (reorderedShare !== null && reorderedShare > MOST_REORDERED) {
    return `reordering seen by ${formatShare(reorderedShare)} of the connections, more than ${formatShare(MOST_REORDERED)}`;
  }
  if (roundTripVarianceSeconds !== null && roundTripVarianceSeconds > MOST_VARIANCE_SECONDS) {
    return `the round trip varies by ${formatMs(roundTripVarianceSeconds)}, more than ${formatMs(MOST_VARIANCE_SECONDS)}`;
  }
  return null;
}

/** Whether a share of that many segments is above the limit, and not by the few that chance may add (Poisson). */
function isMoreThanChance(share: number, segments: number): boolean {
  const expected = MOST_RETRANSMITTED * segments;
  return share * segments > expected + DEVIATIONS * Math.sqrt(expected);
}

function describeFigures(quality: NetworkQuality): string[] {
  const { roundTripSeconds, roundTripVarianceSeconds, retransmittedShare, reorderedShare, timestampsShare } = quality;
  return [
    roundTripSeconds === null || roundTripVarianceSeconds === null
      ? 'round trip unknown'
      : `round trip ${formatMs(roundTripSeconds)} ± ${formatMs(roundTripVarianceSeconds)}`,
    retransmittedShare === null ? 'retransmissions unknown' : `${formatShare(retransmittedShare)} retransmitted`,
    describeReordering(reorderedShare),
    describeTimestamps(timestampsShare),
  ];
}

function describeReordering(share: number | null): string {
  if (share === null) return 'reordering unknown';
  return share === 0 ? 'no reordering' : `reordering seen by ${formatShare(share)}`;
}

function describeTimestamps(share: number | null): string {
  if (share === null) return 'timestamps unknown';
  if (share === 0) return 'no timestamps';
  return share === 1 ? 'timestamps' : `timestamps on ${formatShare(share)}`;
}

/** A round trip needs two digits wherever they stand: `0.022 ms`, `34 ms`. */
function formatMs(seconds: number): string {
  return `${Number((seconds * 1e3).toPrecision(2))} ms`;
}
