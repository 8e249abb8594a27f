import type { FourTuple } from '../linux/inet-diag-request.ts';
import { interfaceName } from '../linux/interface.ts';
import { inNamespace, type NamespaceHandle } from '../linux/network-namespace.ts';
import { isPortBlocked } from '../linux/port-probe.ts';
import { takesOverTimeWait } from '../linux/reuse-probe.ts';
import type { SockDiag } from '../linux/sock-diag.ts';
import type { Machine } from '../remedies/machine.ts';
import { missingKernel, missingNetAdmin } from '../remedies/missing.ts';
import { describePorts } from '../remedies/reserve-listeners.ts';
import type { Lane } from '../tcp/lane.ts';
import { formatSeconds } from '../tcp/number-text.ts';
import { TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import { findOldTimeWaits } from './old-time-waits.ts';
import { withSockDiag } from './with-sock-diag.ts';

/** Whether connect() takes over the old TIME_WAIT slots of a lane. */
export interface TakeOver {
  /** As the kernel answered; null where it could not be asked. */
  readonly answer: boolean | null;
  /** What was asked and answered, or why it could not be: one sentence without a full stop. */
  readonly text: string;
}

const UNLISTED: TakeOver = { answer: null, text: 'the kernel does not list its TIME_WAIT slots' };

/**
 * Asks the kernel whether connect() takes over the TIME_WAIT slots of lanes that are older than the reuse delay, and so
 * takes over one of each. No packet is sent, see `takesOverTimeWait`.
 *
 * @throws FourtupleError where the namespace cannot be entered
 */
export function askTakeOvers(
  lanes: readonly Lane[],
  machine: Machine,
  namespace: NamespaceHandle,
): ReadonlyMap<Lane, TakeOver> {
  if (lanes.length === 0) return new Map();
  return inNamespace(namespace, () => {
    const wanted = { ...machine, olderThanSeconds: delaySeconds(machine) };
    const answers = withSockDiag(
      (work) => work(),
      (diag) => findOldTimeWaits(diag, lanes, wanted, interfaceName).map((tuples) => askLane(diag, tuples, machine)),
    );
    return new Map(lanes.map((lane, index) => [lane, answers?.[index] ?? UNLISTED]));
  });
}

function askLane(diag: SockDiag, tuples: readonly FourTuple[], machine: Machine): TakeOver {
  const refused: number[] = [];
  let blocked = 0;
  for (const tuple of tuples) {
    const ageSeconds = timeWaitAge(diag, tuple);
    if (ageSeconds === null || ageSeconds < delaySeconds(machine)) continue;
    const takesOver = takesOverTimeWait(tuple);
    if (takesOver === null) return { answer: null, text: whyUnasked(machine) };
    // Others connect meanwhile: a refusal tells something only of a socket that is still there, and not of its successor.
    const isThere = (timeWaitAge(diag, tuple) ?? Number.NEGATIVE_INFINITY) >= ageSeconds;
    if (takesOver && !isThere) return { answer: true, text: describeTaken(tuple, ageSeconds, machine) };
    if (takesOver || !isThere) continue;
    if (isPortBlocked(tuple.sourcePort) === true) blocked += 1;
    else refused.push(tuple.sourcePort);
  }
  if (refused.length > 0) return { answer: false, text: describeRefused(refused) };
  return { answer: null, text: whyUnanswered(tuples.length, blocked, machine) };
}

/** How long ago a socket entered TIME_WAIT, in seconds; null where it is not in TIME_WAIT. */
function timeWaitAge(diag: SockDiag, tuple: FourTuple): number | null {
  let age: number | null = null;
  diag.query(tuple, ({ state, timeWaitLeftMs }) => {
    if (state === TcpState.TIME_WAIT) age = Math.max(0, LINUX_TIME_WAIT_MS - timeWaitLeftMs) / 1_000;
  });
  return age;
}

/** As the census has it. Where it is not known, none is old enough: a refusal would not tell whether it is for the age. */
function delaySeconds({ tcpTwReuseDelaySeconds, timeWaitSeconds }: Machine): number {
  return tcpTwReuseDelaySeconds ?? timeWaitSeconds;
}

function describeTaken({ sourcePort }: FourTuple, ageSeconds: number, machine: Machine): string {
  const [age, delay] = [ageSeconds, delaySeconds(machine)].map(formatSeconds);
  return `connect() took over a TIME_WAIT slot at port ${sourcePort}, ${age} old (the delay is ${delay})`;
}

function describeRefused(ports: readonly number[]): string {
  const slots = ports.length === 1 ? 'slot' : 'slots';
  return `connect() is refused the old TIME_WAIT ${slots} at ${describePorts([...ports].sort((a, b) => a - b))}`;
}

function whyUnasked(machine: Machine): string {
  const what = 'asking connect()';
  const [missing] = [...missingNetAdmin(machine, what), ...missingKernel(machine, 6, 3, what)];
  return missing?.text ?? 'connect() cannot be asked here';
}

function whyUnanswered(found: number, blocked: number, machine: Machine): string {
  if (found === 0) return `it has no TIME_WAIT slot older than ${formatSeconds(delaySeconds(machine))}`;
  return blocked > 0
    ? 'something is bound to the ports of its old TIME_WAIT slots'
    : 'its old TIME_WAIT slots were gone before connect() was asked for them';
}
