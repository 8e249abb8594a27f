import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
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
import { type Mode, observe } from './observe.ts';

/** A range of 80 ports, whose low end has either parity. */
const SIZE = 80;

const ACTS = ['hold', 'time-wait', 'fin-wait', 'close-wait', 'bind-to-port', 'listen', 'bind-idle', 'reserve'] as const;

interface Step {
  readonly act: (typeof ACTS)[number];
  readonly to: number;
  readonly client: ClientOptions & { readonly from: string };
  readonly count: number;
  /** From the low end of the range. */
  readonly port: number;
  readonly localAddress: string;
}

interface Mixture {
  readonly low: number;
  readonly steps: readonly Step[];
  readonly to: number;
  readonly client: Step['client'];
}

const lateClient: fc.Arbitrary<Step['client']> = fc.record({
  from: fc.constantFrom('127.0.0.1', '127.0.0.5'),
  mapped: fc.boolean(),
});

const lateStep: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...ACTS),
  to: fc.nat(2),
  client: lateClient,
  count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: SIZE })),
  port: fc.nat(SIZE - 1),
  localAddress: fc.constantFrom('127.0.0.9', '127.0.0.1', '0.0.0.0', '::', '::1'),
});

/** Bound before they connect, often so many that bind() runs out of the ports that it takes first. */
const boundStep: fc.Arbitrary<Step> = fc
  .record({ step: lateStep, act: fc.constantFrom('hold', 'time-wait', 'fin-wait', 'close-wait') })
  .map(({ step, act }) => ({ ...step, act, client: { ...step.client, boundBefore: true } }));

const mixtureOf = (step: fc.Arbitrary<Step>): fc.Arbitrary<Mixture> =>
  fc.record({
    low: fc.constantFrom(40_000, 40_001),
    steps: fc.array(step, { minLength: 1, maxLength: 8 }),
    to: fc.nat(2),
    client: lateClient,
  });

describe('any mixture', () => {
  usesPrivateNamespace();
  needsKernel(6, 8);

  it('has as many free slots in a lane as the kernel takes connections', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(mixtureOf(lateStep), (mixture) => checkMixture(mixture, undefined));
    await fc.assert(property, { seed: 1, numRuns: 60 });
  });

  it.each([1, 2, 3])(
    'has them too with sockets that were bound before they connected (seed %i)',
    {
      timeout: 60_000,
    },
    async (seed) => {
      const anyMixture = mixtureOf(fc.oneof(lateStep, boundStep));
      const property = fc.asyncProperty(anyMixture, (mixture) => checkMixture(mixture, 'asking'));
      await fc.assert(property, { seed, numRuns: 60 });
    },
  );
});

async function checkMixture({ low, steps, to, client }: Mixture, mode: Mode | undefined): Promise<void> {
  enterNewNamespace();
  try {
    setPortRange(low, low + SIZE - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const servers = [serve('127.0.0.1', 9000), serve('127.0.0.2', 9001), serve('::1', 9002)];
    for (const one of steps) perform(one, low, servers[one.to] as Server);
    await settled();
    await checkUsable(mode);
    await checkLane(servers[to] as Server, client, mode);
  } finally {
    closeAllSockets();
  }
}

/** As many connections to a destination that has none yet as ports are usable; they leave no trace. */
async function checkUsable(mode: Mode | undefined): Promise<void> {
  const { usable } = (await observeIn(mode)).ports;
  const taken = fillUntilRefused(serve('127.0.0.1', 9100), { from: '127.0.0.77' });
  expect(taken).toHaveLength(usable);
  for (const { client } of taken) client.abort();
}

/** The slots of a lane that shares its ports are what bind() finds, those of any other what connect() finds. */
async function checkLane(to: Server, client: Step['client'], mode: Mode | undefined): Promise<void> {
  const name = laneTo(to, optionsFor(to, client).from ?? '::1');
  const before = await observeIn(mode);
  const lane = findLane(before, name);
  const options = optionsFor(to, { ...client, boundBefore: lane?.pool === 'source' });
  const { used = 0, free = before.ports.usable } = lane ?? {};
  const taken = fillUntilRefused(to, options).length;
  expect(taken).toBe(free);
  const full = findLane(await observeIn(mode), name);
  expect(full?.used ?? 0).toBe(used + taken);
  // What bind() has taken then, it may have taken for all.
  if (lane?.pool !== 'source') {
    expect({ slots: full?.slots ?? 0, free: full?.free ?? 0 }).toEqual({ slots: used + taken, free: 0 });
  }
}

function observeIn(mode: Mode | undefined): Promise<NamespaceReport> {
  return observe(mode === undefined ? {} : { mode });
}

/** The IPv6 server has one source only. */
function optionsFor(to: Server, { boundBefore = false, ...options }: Step['client']): ClientOptions {
  const fits = familyOf(to.address) === familyOf(options.from);
  return { ...(fits ? options : {}), ...(boundBefore && !fits ? { from: '::1' } : {}), boundBefore };
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
