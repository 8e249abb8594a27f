import { describe, expect, it } from 'vitest';
import { addAddress } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { run } from '../kit/program.ts';
import { haproxyConfiguration, startHaproxy, startNginx, startRedis } from '../kit/proxies.ts';
import { examineHere } from './examination.ts';

const BACKEND = '10.9.1.9';
const PROXY = '10.9.0.5';

/** What `doctor` says of this namespace while a client runs in it. */
async function examineDuring(command: string, args: readonly string[]): Promise<string[]> {
  const client = run(command, args);
  const summaries: string[] = [];
  for (let look = 0; look < 3; look += 1) {
    const { findings } = await examineHere();
    summaries.push(...findings.map(({ code, summary }) => `${code}: ${summary}`));
  }
  const { code, error } = await client;
  expect({ code, error }).toMatchObject({ code: 0 });
  const { findings } = await examineHere();
  return [...summaries, ...findings.map(({ code: rule, summary }) => `${rule}: ${summary}`)];
}

describe('no rule finds anything', () => {
  usesPrivateNamespace();
  needsPrograms('nginx', 'haproxy', 'ab', 'redis-server', 'redis-benchmark');

  it('on an idle machine', async () => {
    expect((await examineHere({ name: 'host' })).findings).toEqual([]);
  });

  it('on a busy server whose clients come anew for each request', async () => {
    addAddress('lo', `${BACKEND}/32`);
    await startNginx(8080, `server { listen ${BACKEND}:8080; location / { return 200 ok; } }`);
    expect(await examineDuring('ab', ['-q', '-n', '1500', '-c', '20', `http://${BACKEND}:8080/`])).toEqual([]);
  });

  it('on a busy proxy that keeps its connections to the backend', async () => {
    for (const address of [BACKEND, PROXY]) addAddress('lo', `${address}/32`);
    await startNginx(8080, `server { listen ${BACKEND}:8080; location / { return 200 ok; } }`);
    const listen = ['listen web', 'mode http', `bind ${PROXY}:80`, `server backend ${BACKEND}:8080`];
    await startHaproxy(80, haproxyConfiguration(listen.join('\n')));
    expect(await examineDuring('ab', ['-q', '-k', '-n', '60000', '-c', '50', `http://${PROXY}:80/`])).toEqual([]);
  });

  it('on a client with a steady number of connections', async () => {
    addAddress('lo', `${BACKEND}/32`);
    await startRedis(BACKEND, 6379);
    const args = ['-h', BACKEND, '-k', '1', '-n', '200000', '-c', '200', '-t', 'ping_mbulk', '-q'];
    expect(await examineDuring('redis-benchmark', args)).toEqual([]);
  });
});
