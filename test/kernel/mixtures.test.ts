import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeWait, orphanFinWait2, timeWait } from '../kit/closings.ts';
import { type ClientOptions, connection, hold, type Server, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { CallError } from '../kit/libc-calls.ts';
import { closeAllSockets, listenAt, NativeSocket } from '../kit/native-socket.ts';
import { enterNewNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { familyOf } from '../kit/socket-address.ts';
import { settled } from '../kit/socket-statistics.ts';
import { reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { findLane, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

/** A range of 80 ports, whose low end has either parity. */
const SIZE = 80;

interface Step {
  readonly act: (typeof ACTS)[number];
  readonly to: number;
  readonly client: ClientOptions & { readonly from: string };
  readonly count: number;
  /** From the low end of the range. */
  readonly port: number;
  readonly localAddress: string;
}

const ACTS = ['hold', 'time-wait', 'fin-wait', 'close-wait', 'bind-to-port', 'listen', 'bind-idle', 'reserve'] as const;

const client: fc.Arbitrary<Step['client']> = fc.record({
  from: fc.constantFrom('127.0.0.1', '127.0.0.5'),
  mapped: fc.boolean(),
});

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...ACTS),
  to: fc.nat(2),
  client,
  count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: SIZE })),
  port: fc.nat(SIZE - 1),
  localAddress: fc.constantFrom('127.0.0.9', '127.0.0.1', '0.0.0.0', '::', '::1'),
});

const mixture = fc.record({
  low: fc.constantFrom(40_000, 40_001),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  to: fc.nat(2),
  client,
});

describe('any mixture', () => {
  usesPrivateNamespace();
  needsKernel(6, 8);

  it('has as many free slots in a lane as the kernel takes connections', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(mixture, checkMixture), { seed: 1, numRuns: 60 });
  });
});

async function checkMixture({ low, steps, to, client }: typeof mixture extends fc.Arbitrary<infer T> ? T : never) {
  enterNewNamespace();
  try {
    setPortRange(low, low + SIZE - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const servers = [serve('127.0.0.1', 9000), serve('127.0.0.2', 9001), serve('::1', 9002)];
    for (const one of steps) perform(one, low, servers[one.to] as Server);
    await settled();
    const server = servers[to] as Server;
    const name = laneTo(server, optionsFor(server, client).from ?? '::1');
    const before = await observe();
    const { used = 0, free = before.ports.usable } = findLane(before, name) ?? {};
    const taken = fillUntilRefused(server, optionsFor(server, client)).length;
    expect(taken).toBe(free);
    const full = findLane(await observe(), name);
    expect(full?.used ?? 0).toBe(used + taken);
    expect({ slots: full?.slots ?? 0, free: full?.free ?? 0 }).toEqual({ slots: used + taken, free: 0 });
  } finally {
    closeAllSockets();
  }
}

/** The IPv6 server has one source only. */
function optionsFor(to: Server, options: Step['client']): ClientOptions {
  return familyOf(to.address) === familyOf(options.from) ? options : {};
}

/** Some steps find no port, or not the one that they want: that is no harm, whatever is left has to be counted. */
function perform(step: Step, low: number, to: Server): void {
  try {
    act(step, low, to);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
  }
}

function act({ act, client, count, port, localAddress }: Step, low: number, to: Server): void {
  const options = optionsFor(to, client);
  if (act === 'hold') hold(count, to, options);
  else if (act === 'time-wait') timeWait(count, to, options);
  else if (act === 'fin-wait') orphanFinWait2(count, to, options);
  else if (act === 'close-wait') closeWait(count, to, options);
  else if (act === 'bind-to-port') connection(to, { ...options, port: low + port });
  else if (act === 'listen') listenAt(localAddress, low + port);
  else if (act === 'bind-idle') NativeSocket.open(familyOf(localAddress)).bind(localAddress, low + port);
  else reservePorts(`${low + port},${low}-${low + (count % 10)}`);
}
