import { formatCount, formatRate, formatRoughShare, plural } from './numbers.ts';

/** What the diagram of a connection's life is drawn from: one lane, or the sum of several. */
export interface LifeCounts {
  readonly slots: number;
  readonly used: number;
  /** null where it is not known of each lane. */
  readonly free: number | null;
  readonly states: Readonly<Record<string, number>>;
  /** null where it is not known of each lane. */
  readonly opensPerSecond: number | null;
  readonly reclaimable: number | null;
  /** How long TIME_WAIT lasts on average. */
  readonly timeWaitSeconds: number | null;
}

/** Which end closes first, as far as the states tell. */
export type FirstToClose = 'this' | 'other' | 'both' | 'unknown';

/** Where one way of closing has so many times the sockets of the other, the other is told as none. */
const MUCH_MORE = 10;
/** So many of a lane's slots in a state that connections should only pass through are a pile-up. */
const PILE_UP_SHARE = 0.2;
const PILE_UP_COUNT = 50;

export function firstToClose({ states, opensPerSecond }: LifeCounts): FirstToClose {
  const count = (...names: string[]): number => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  const here = count('TIME_WAIT', 'FIN_WAIT1', 'FIN_WAIT2', 'CLOSING');
  const there = count('CLOSE_WAIT', 'LAST_ACK');
  if (here === 0 && there === 0) return opensPerSecond !== null && opensPerSecond >= 1 ? 'other' : 'unknown';
  if (here >= MUCH_MORE * there) return 'this';
  return there >= MUCH_MORE * here ? 'other' : 'both';
}

/** What the picture shows now: one or two sentences. */
export function explainLife(life: LifeCounts): string {
  const { used, states, opensPerSecond } = life;
  if (used === 0) return 'No connection holds a slot now.';
  const piled = explainPileUp(life);
  if (piled !== null) return piled;
  const established = states.ESTABLISHED ?? 0;
  const waiting = states.TIME_WAIT ?? 0;
  switch (firstToClose(life)) {
    case 'this':
      return `This end closes first: each connection holds its port for ${holdText(life)} after it ends.${shareOf(waiting, used)}${reuseText(life)}`;
    case 'other':
      return waiting + (states.CLOSE_WAIT ?? 0) === 0
        ? `${formatRate(opensPerSecond)} connections open per second, and none is left behind: the other end closes first, and TIME_WAIT is its own.`
        : 'The other end closes first: a port is free again as soon as the program here has closed, too.';
    case 'both':
      return `Now this end closes first, now the other: of what has ended, ${formatCount(waiting)} hold their ports in TIME_WAIT.`;
    case 'unknown':
      return `${plural(established, 'connection')} open, and none has ended in the last minute: each holds one port for as long as it lives.`;
  }
}

function explainPileUp({ used, states }: LifeCounts): string | null {
  const isPiled = (count: number): boolean => count >= PILE_UP_COUNT && count >= PILE_UP_SHARE * used;
  const closeWait = states.CLOSE_WAIT ?? 0;
  if (isPiled(closeWait)) {
    return `${formatCount(closeWait)} connections were closed by the other end and never by the program here: only it can give these ports back.`;
  }
  const synSent = states.SYN_SENT ?? 0;
  if (isPiled(synSent))
    return `${formatCount(synSent)} connections wait for an answer: the other end does not accept them.`;
  const finWait2 = states.FIN_WAIT2 ?? 0;
  if (isPiled(finWait2)) {
    return `${formatCount(finWait2)} connections are closed here, and wait for the other end to close, too.`;
  }
  return null;
}

function holdText({ timeWaitSeconds }: LifeCounts): string {
  return timeWaitSeconds === null ? 'about a minute' : `${Math.round(timeWaitSeconds)} s`;
}

function shareOf(waiting: number, used: number): string {
  if (waiting === 0) return '';
  return waiting === used
    ? ` All ${formatCount(used)} slots in use are such.`
    : ` ${formatRoughShare(waiting / used)} of the slots in use are such.`;
}

function reuseText({ reclaimable }: LifeCounts): string {
  return reclaimable === null || reclaimable === 0
    ? ''
    : ` connect() may take over ${formatCount(reclaimable)} of them at once (tcp_tw_reuse).`;
}
