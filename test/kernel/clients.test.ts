import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { REMEDIES } from '../../src/remedies/catalog.ts';
import { addAddress } from '../kit/links.ts';
import { machineLike } from '../kit/machines.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, reportBy, run } from '../kit/program.ts';
import {
  haproxyConfiguration,
  serveHttp,
  startHaproxy,
  startNginx,
  startRedis,
  temporaryFolder,
} from '../kit/proxies.ts';
import { readSysctl, setPortRange, writeSysctl } from '../kit/sysctl.ts';

/** Not loopback addresses, though they are on `lo`: tcp_tw_reuse=2 does not apply to them. */
const BACKEND = '10.9.1.9';
const PROXY = '10.9.0.5';
/** Of a lane: few enough to be filled in less than a TIME_WAIT where past the cliff a connect() takes a millisecond. */
const [LOW, HIGH, SLOTS] = [32_768, 38_767, '6,000'];
/** So that tcp_tw_reuse suffices for a client that opens as many in half a second. */
const REUSE_DELAY_MS = 100;
/** More than the slots of a lane; not all of them succeed before the lane is full. */
const REQUESTS = '12000';

/** What doctor says about the lane to the backend while a client runs, over and over. */
async function doctorDuring(client: Promise<Run>, port: number): Promise<FindingReport[]> {
  const seen: FindingReport[] = [];
  let running = true;
  const ended = client.finally(() => {
    running = false;
  });
  while (running) {
    const { findings } = await reportBy(['doctor', '--owners', '5s']);
    seen.push(...findings.filter(({ lane }) => lane?.destination === BACKEND && lane.port === port));
    await Promise.race([ended, sleep(300)]);
  }
  return seen;
}

/** Does what the first remedy says, in one of the ways that it names. @returns takes it back */
async function applyFirst({ remedies: [first] }: FindingReport, by: 'fix' | 'command'): Promise<() => Promise<void>> {
  const line = first?.[by];
  expect(line).toEqual(expect.any(String));
  const options = { env: { FOURTUPLE_STATE_DIRECTORY: temporaryFolder() } };
  const shell = `fourtuple() { '${process.execPath}' '${PROGRAM}' "$@"; }; ${line}`;
  const { code, out, error } = await run('sh', ['-c', shell], options);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  if (by === 'command') return async () => {};
  expect(out).toContain('As predicted.');
  return async () => void expect(await fourtuple(['fix', '--undo'], options)).toMatchObject({ code: 0, error: '' });
}

/** Every setting that a remedy may change. */
function settings(): string[] {
  return REMEDIES.flatMap(({ changes }) => changes?.(machineLike({ listening: [40_000] })) ?? []).map(
    ({ setting }) => `${setting} ${readSysctl(`ipv4.${setting}`)}`,
  );
}

interface Attempt {
  /** Runs the client, `-k 0`, without keeping a connection. */
  client(): Promise<Run>;
  readonly port: number;
  /** Whether the remedy is applied by the program, or by hand. */
  readonly by: 'fix' | 'command';
  /** Who opens the connections of the lane. */
  readonly process: string;
  /** Whether the client met no error. */
  wentWell(run: Run): boolean;
}

/** Fills the lane with a real client, does what doctor says first, and runs the same client again. */
async function expectCured({ client, port, process, by, wentWell }: Attempt): Promise<void> {
  const running = client();
  const seen = await doctorDuring(running, port);
  expect(wentWell(await running), 'the client without the remedy').toBe(false);
  // The last ones are of when it failed; those that were open when it ended are reset, so that slots are free again.
  const last = seen.filter(({ code }) => /^lane-exhaust(ed|ing)$/.test(code)).at(-1);
  expect(last?.severity, seen.map(({ summary }) => summary).join('\n')).toBe('critical');
  const exhausted = last as FindingReport;
  expect(seen.map(({ summary }) => summary).join('\n')).toContain(`${BACKEND}:${port} (${process}`);
  for (const fact of [`>${BACKEND}:${port}`, SLOTS, 'TIME_WAIT']) expect(exhausted.summary).toContain(fact);
  const before = settings();
  const takeBack = await applyFirst(exhausted, by);
  const second = await client();
  expect(wentWell(second), `the client with the remedy: ${second.out.slice(-400)} ${second.error.slice(-400)}`).toBe(
    true,
  );
  await takeBack();
  if (by === 'fix') expect(settings()).toEqual(before);
}

const benchmark = (address: string, port: number) => (): Promise<Run> =>
  run('redis-benchmark', [
    '-h',
    address,
    '-p',
    `${port}`,
    '-k',
    '0',
    '-n',
    REQUESTS,
    '-c',
    '20',
    '-t',
    'ping_mbulk',
    '-q',
  ]);
const noError = ({ code, out, error }: Run): boolean => code === 0 && !/Could not connect|error/i.test(out + error);
const bench = (url: string) => (): Promise<Run> => run('ab', ['-q', '-r', '-n', REQUESTS, '-c', '20', url]);
const noFailure = ({ code, out }: Run): boolean => {
  return code === 0 && /Failed requests:\s+0\n/.test(out) && !/Non-2xx responses/.test(out);
};

describe('the first remedy that doctor names cures', { timeout: 240_000 }, () => {
  usesPrivateNamespace();
  beforeEach(() => {
    setPortRange(LOW, HIGH);
    writeSysctl('ipv4.tcp_tw_reuse_delay', REUSE_DELAY_MS);
  });
  needsProgram();
  needsPrograms('nginx', 'haproxy', 'ab', 'redis-server', 'redis-benchmark', 'sysctl');

  it('redis-benchmark -k 0', async () => {
    addAddress('lo', `${BACKEND}/32`);
    await startRedis(BACKEND, 6379);
    const client = benchmark(BACKEND, 6379);
    await expectCured({ client, port: 6379, process: 'redis-benchmark', by: 'fix', wentWell: noError });
  });

  it('HAProxy that closes first, as its clients do', async () => {
    for (const address of [BACKEND, PROXY]) addAddress('lo', `${address}/32`);
    await startRedis(BACKEND, 6379);
    const listen = ['listen redis', 'mode tcp', `bind ${PROXY}:7000`, `server backend ${BACKEND}:6379`];
    await startHaproxy(7000, haproxyConfiguration(listen.join('\n')));
    const client = benchmark(PROXY, 7000);
    await expectCured({ client, port: 6379, process: 'haproxy', by: 'command', wentWell: noError });
  });

  it('nginx that closes first, behind ab without -k', async () => {
    for (const address of [BACKEND, PROXY]) addAddress('lo', `${address}/32`);
    // A connection that lives a tenth of a millisecond is closed before its owner can be looked for.
    await serveHttp(BACKEND, 8080, { delayMs: 2 });
    await startNginx(
      8000,
      `server {
         listen ${PROXY}:8000;
         location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://${BACKEND}:8080; }
       }`,
    );
    await expectCured({
      client: bench(`http://${PROXY}:8000/`),
      port: 8080,
      process: 'nginx',
      by: 'fix',
      wentWell: noFailure,
    });
  });
});
