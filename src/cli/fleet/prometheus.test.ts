import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FourtupleError } from '../../tcp/error.ts';
import { openPrometheus } from './prometheus.ts';
import { parsePrometheusAddress } from './prometheus-address.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
});

/** Always the same answer. */
const answering = (status: number, body: unknown, headers: Record<string, string> = {}): Promise<string> =>
  serve((request, answer) => {
    request.resume();
    answer.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });

const success = (result: unknown, more: object = {}): object => ({
  status: 'success',
  data: { resultType: 'vector', result },
  ...more,
});

const query = (url: string, timeoutMs = 60_000) =>
  openPrometheus(parsePrometheusAddress(url), timeoutMs).query('up', 5);

/** The message and the hint of what fails. */
async function failure(url: string, timeoutMs?: number): Promise<string> {
  const error: unknown = await query(url, timeoutMs).then(
    () => 'it went well',
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(FourtupleError);
  const { code, message, hint = '' } = error as FourtupleError;
  expect(code).toBe('FT_PROMETHEUS');
  return `${message.replaceAll(url, 'URL')}\n${hint}`.trimEnd();
}

describe('a query', () => {
  it('is posted below the path that Prometheus is served under, with its instant and its time-out', async () => {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const url = await serve((request, answer) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        seen.push({ request, body });
        answer.end(JSON.stringify(success([])));
      });
    });
    const { host } = new URL(url);
    const prometheus = openPrometheus(parsePrometheusAddress(`http://ann:p%40ss@${host}/metrics/here//`), 1_500);
    expect(prometheus.url).toBe(`${url}/metrics/here`);
    await prometheus.query('up{job="a&b"}', 1_700_000_000.25);
    await prometheus.query('vector(time())', null);
    const [first, second] = seen;
    expect(first?.request).toMatchObject({ method: 'POST', url: '/metrics/here/api/v1/query' });
    expect(first?.request.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ann:p@ss').toString('base64')}`,
      'content-type': expect.stringContaining('application/x-www-form-urlencoded'),
    });
    expect(Object.fromEntries(new URLSearchParams(first?.body))).toEqual({
      query: 'up{job="a&b"}',
      time: '1700000000.25',
      timeout: '1500ms',
    });
    expect(new URLSearchParams(second?.body).has('time')).toBe(false);
  });

  it('has its values as numbers, infinite ones too, without what is not a number', async () => {
    const values = ['0.25', '1e+06', '-3', '+Inf', '-Inf', 'NaN', 'nonsense', ''];
    const url = await answering(200, success(values.map((value) => ({ metric: { value }, value: [5, value] }))));
    const { rows, warnings } = await query(url);
    expect(rows.map(({ value }) => value)).toEqual([0.25, 1_000_000, -3, Infinity, -Infinity]);
    expect(rows[3]?.labels).toEqual({ value: '+Inf' });
    expect(warnings).toEqual([]);
  });

  it('passes on what the answer lacks', async () => {
    const url = await answering(200, success([], { warnings: ['store eu-2 is not reached'], infos: ['no counter'] }));
    expect((await query(url)).warnings).toEqual(['store eu-2 is not reached']);
  });
});

describe('a query that fails says why', () => {
  it('where nobody listens', async () => {
    const url = await answering(200, '');
    const server = servers.pop();
    await new Promise((resolve) => void server?.close(resolve));
    expect(await failure(url)).toBe('Prometheus at URL cannot be reached: nobody listens there (ECONNREFUSED)');
  });

  it('where the connection breaks off in the middle of the answer', async () => {
    const url = await serve((_request, answer) => {
      answer.writeHead(200, { 'content-length': '1000' });
      answer.write('{"status":', () => answer.destroy());
    });
    expect(await failure(url)).toMatch(/^Prometheus at URL cannot be reached: it closed the connection/);
  });

  it('where no answer comes, or not all of it', async () => {
    const text = 'Prometheus at URL has not answered within 100 ms\nGive it more time, as --timeout 60s, or ask';
    expect(await failure(await serve(() => {}), 100)).toContain(text);
    const begun = await serve((_request, answer) => {
      answer.writeHead(200);
      answer.write('{');
    });
    expect(await failure(begun, 100)).toContain(text);
  });

  it('where Prometheus itself ran out of time', async () => {
    const url = await answering(503, { status: 'error', errorType: 'timeout', error: 'query timed out in …' });
    expect(await failure(url)).toContain('Prometheus at URL has not answered within 60 s\n');
  });

  it.each([
    ['a web page', '<!doctype html><title>Sign in</title>', 'it answers with a web page'],
    ['text', 'ok', 'it is no JSON'],
    ['other JSON', { hello: 1 }, 'status is missing'],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }, 'data.resultType is "matrix"'],
    ['odd values', success([{ metric: {}, value: [5, 7] }]), 'data.result[0].value[1] is 7, which is not a text'],
  ])('where something else answers with %s', async (_what, body, reason) => {
    const message = await failure(await answering(200, body));
    expect(message).toContain(`URL is not a Prometheus: ${reason}`);
    expect(message).toContain('a path that it is served under belongs to it');
  });

  it('where the path is not there', async () => {
    const message = await failure(await answering(404, '404 page not found\n'));
    expect(message).toContain(
      'URL is not a Prometheus: it answers HTTP 404 to URL/api/v1/query\nThe address is the one',
    );
  });

  it('where it wants to know who asks, or refuses who does', async () => {
    expect(await failure(await answering(401, '<html>'))).toContain('(HTTP 401)\nGive --token-file FILE, or a user');
    const refused = await answering(403, { status: 'error', errorType: 'forbidden', error: 'no org id' });
    expect(await failure(refused)).toContain('Prometheus at URL refuses the query (HTTP 403): no org id\nWhoever');
  });

  it('where Prometheus finds an error in it', async () => {
    const error = 'invalid parameter "query": 1:5: parse error: unexpected \u001b[31mcharacter';
    const message = await failure(await answering(400, { status: 'error', errorType: 'bad_data', error }));
    expect(message).toContain('Prometheus at URL refuses the query (bad_data): invalid parameter "query": 1:5: parse');
    expect(message).toContain('Check --match');
    expect(message).not.toContain('\u001b');
  });

  it('where it is redirected: a token goes nowhere else', async () => {
    let isAsked = false;
    const elsewhere = await serve((_request, answer) => {
      isAsked = true;
      answer.end();
    });
    const message = await failure(await answering(302, '', { location: `${elsewhere}/login` }));
    expect(message).toContain(`Prometheus at URL redirects to ${elsewhere}/login (HTTP 302)\nGive the address that`);
    expect(isAsked).toBe(false);
  });

  it('where a proxy before it fails', async () => {
    const message = await failure(await answering(502, 'upstream connect error'));
    expect(message).toBe('Prometheus at URL answers HTTP 502 Bad Gateway: upstream connect error');
  });

  it('at once, though others go on', async () => {
    const prometheus = openPrometheus(
      parsePrometheusAddress(
        await serve((request, answer) => {
          let body = '';
          request.setEncoding('utf8').on('data', (text) => {
            body += text;
          });
          request.on('end', () => {
            if (body.startsWith('query=wrong')) answer.writeHead(500).end('broken');
          });
        }),
      ),
      60_000.5,
    );
    const others = [prometheus.query('up', 5), prometheus.query('up', 6)];
    await expect(Promise.all([...others, prometheus.query('wrong', 5)])).rejects.toThrow('answers HTTP 500');
    for (const other of others) await expect(other).rejects.toThrow(FourtupleError);
  });

  it('where the answer does not end', async () => {
    const url = await serve((_request, answer) => {
      const piece = Buffer.alloc(1 << 20, ' ');
      const write = (): void => {
        while (!answer.destroyed && answer.write(piece));
      };
      answer.on('drain', write);
      write();
    });
    expect(await failure(url)).toContain('Prometheus at URL gives an answer of more than 64 MB\nAsk for fewer');
  });
});
