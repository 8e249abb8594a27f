import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsPrograms } from '../kit/needs.ts';
import { fourtuple, needsProgram } from '../kit/program.ts';

const TOKEN = 'a.bearer-TOKEN';

/** An agent that is idle, as each query tells it. */
const answers: RequestListener = (request, answer) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text) => {
    body += text;
  });
  request.on('end', () => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      answer.writeHead(401).end();
      return;
    }
    const query = new URLSearchParams(body).get('query') ?? '';
    const now = 1_795_294_464;
    const labels = { instance: 'proxy-1:10404', job: 'fourtuple' };
    const rows =
      query === 'vector(time())'
        ? [{ metric: {}, value: [now, `${now}`] }]
        : query.startsWith('{__name__=~"fourtuple_build_info')
          ? [{ metric: { __name__: 'fourtuple_last_sample_timestamp_seconds', ...labels }, value: [now, `${now - 2}`] }]
          : [];
    answer.end(
      JSON.stringify({
        status: 'success',
        data: { resultType: 'vector', result: rows },
        warnings: ['store \u001b[31meu-2 is not reached'],
      }),
    );
  });
};

describe('fourtuple fleet', () => {
  needsProgram();
  needsPrograms('openssl');

  let folder: string;
  let secure: Server;
  let plain: Server;
  const urlOf = (server: Server, scheme: string): string =>
    `${scheme}://localhost:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-fleet-'));
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-keyout', key, '-out', certificate, ...names],
    ]);
    if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
    secure = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answers);
    plain = createPlainServer(answers);
    for (const server of [secure, plain]) await once(server.listen(0, 'localhost'), 'listening');
  });

  afterAll(async () => {
    for (const server of [secure, plain]) await new Promise((resolve) => void server?.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const authority = () => ({ NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem') });

  it('shows its token over https, to whom a given authority vouches for', async () => {
    const url = urlOf(secure, 'https');
    const args = ['fleet', '--prometheus', url, '--token-file', join(folder, 'token')];
    const { code, out, error } = await fourtuple(args, { env: { ...authority(), LANG: 'C.UTF-8' } });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('The only machine is healthy: no lane holds a slot.\n');
    expect(out).toContain('note: Prometheus warns: store \ufffd[31meu-2 is not reached\n');
    expect(out).toContain('proxy-1  (no slot is used)\n');
    expect(out).not.toContain('next:');
  });

  it('sends nothing to whom nobody vouches for', async () => {
    const url = urlOf(secure, 'https');
    const { code, out, error } = await fourtuple(['fleet', '--token-file', join(folder, 'token')], {
      env: { FOURTUPLE_PROMETHEUS_URL: url },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(`Prometheus at ${url} cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT`);
    expect(error).toContain('NODE_EXTRA_CA_CERTS=');
  });

  it('says that https is not spoken there', async () => {
    const { code, error } = await fourtuple(['fleet', '--prometheus', urlOf(plain, 'https')]);
    expect(code).toBe(1);
    expect(error).toContain('it does not speak https there: write http://\n');
  });

  it('asks for a token where one is wanted, and tells nobody the password that it was given', async () => {
    const url = urlOf(plain, 'http').replace('//', '//ann:my-password@');
    const { code, out, error } = await fourtuple(['fleet'], { env: { FOURTUPLE_PROMETHEUS_URL: url } });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain('wants to know who asks (HTTP 401)\nGive --token-file FILE');
    expect(error).not.toContain('my-password');
  });

  it.each([
    [[], 'fourtuple: which Prometheus scrapes the agents is not said\nWrite fourtuple fleet --prometheus'],
    [['--prometheus', 'localhost:9090'], "'localhost:9090' is not the address of a Prometheus"],
    [
      ['--prometheus', 'http://localhost:9090', '--token-file', '/nowhere'],
      '--token-file /nowhere cannot be read: ENOENT',
    ],
    [['--match', 'proxies'], "--match: 'proxies' is no list of label matchers"],
    [['--top', '0'], "--top: '0' is not a number of machines: write 20, or all"],
    [['--lanes', 'all'], "--lanes: 'all' is not a number of lanes from 1 to 1000: write 3"],
    [['--timeout', '10'], "--timeout: '10' is not a duration"],
  ])('does not take %j', async (args, message) => {
    const { code, out, error } = await fourtuple(['fleet', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(message);
  });
});
