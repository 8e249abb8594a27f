import { formatSeconds } from '../tcp/number-text.ts';

import * as envoy from './configuration/envoy.ts';
import * as haproxy from './configuration/haproxy.ts';
import * as nginx from './configuration/nginx.ts';
import * as node from './configuration/node.ts';
import { forProgram } from './for-program.ts';
import type { Instruction } from './instruction.ts';
import type { Machine } from './machine.ts';
import type { Remedy, Safety, Situation } from './remedy.ts';
import { sysctlCommand } from './sysctl-command.ts';

/** Time for a SYN, and for another one after a second: the kernel tries for two minutes. */
const TIMEOUT_SECONDS = 3;
/** Tries that take as long (measured on Linux 6.18: 3.1 s, whatever tcp_syn_linear_timeouts is). */
const SYN_RETRIES = '1';
/** A SYN that is lost costs a second: what is left must be enough for a round trip. */
const LOST_SYN_SECONDS = 1;

/** Giving up connections that nobody answers: each holds a slot in SYN_SENT for as long as it is tried. */
export const connectTimeout: Remedy = {
  id: 'connect-timeout',
  title: `Give up a connection that is not answered after ${TIMEOUT_SECONDS} s`,
  effort: 'configuration',
  missing: () => [],
  safety,
  predict: (model) => ({ ...model, holdSeconds: Math.min(model.holdSeconds, TIMEOUT_SECONDS) }),
  byHand: ({ lane, machine }) =>
    forProgram(lane, [
      fewerTries(machine),
      nginx.connectTimeout(TIMEOUT_SECONDS),
      haproxy.connectTimeout(TIMEOUT_SECONDS),
      node.connectTimeout(lane, TIMEOUT_SECONDS),
      envoy.connectTimeout(TIMEOUT_SECONDS),
    ]),
};

function safety({ network }: Situation): Safety {
  const seconds = network?.roundTripSeconds ?? null;
  if (network === null || seconds === null) {
    return {
      safe: null,
      reason: `no live connection tells how soon it answers; ${TIMEOUT_SECONDS} s allow for one lost SYN and a round trip of ${TIMEOUT_SECONDS - LOST_SYN_SECONDS} s`,
    };
  }
  const figures = `the round trip is ${formatSeconds(seconds)} here, and ${TIMEOUT_SECONDS} s allow for one lost SYN`;
  return { safe: seconds < TIMEOUT_SECONDS - LOST_SYN_SECONDS, reason: figures };
}

function fewerTries(machine: Machine): Instruction {
  const change = { kind: 'sysctl', setting: 'tcp_syn_retries', value: SYN_RETRIES } as const;
  const command = sysctlCommand([change], machine);
  return { ...command, note: `For every program of the namespace. ${command.note ?? ''}`.trim() };
}
