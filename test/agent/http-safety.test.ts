import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { ask, errorOf, servesAgents } from '../kit/http-agent.ts';
import { dropCapabilities } from '../kit/without-capabilities.ts';

const serve = servesAgents();
const TOKEN = 'kQ8sVb2xYt0nLw5e';
const BEARER = `Authorization: Bearer ${TOKEN}`;

describe('what an agent answers to', () => {
  it.each([
    ['its address with its port', (port: number) => `127.0.0.1:${port}`],
    ['its address', () => '127.0.0.1'],
    ['localhost', (port: number) => `localhost:${port}`],
    ['LOCALHOST with a dot', (port: number) => `LocalHost.:${port}`],
    ['another address of loopback', (port: number) => `127.9.9.9:${port}`],
    ['IPv6 loopback', (port: number) => `[::1]:${port}`],
    ['IPv6 loopback at length', () => '[0:0:0:0:0:0:0:1]'],
    ['a configured name', (port: number) => `Proxy.core:${port}`],
    ['a configured name without a port', () => 'proxy.core'],
    ['a configured name with another port', () => 'proxy.core:8080'],
    ['a configured name of loopback with another port', () => 'localhost:8080'],
    ['a configured IPv6 address', (port: number) => `[2001:DB8::5]:${port}`],
  ])('is %s', async (_, host) => {
    const { port } = await serve({ hostNames: ['proxy.core', 'localhost', '2001:db8::5'] });
    expect((await ask(port, '/healthz', [`Host: ${host(port)}`])).status).toBe(200);
  });

  it.each([
    ['another name', (port: number) => `evil.example:${port}`],
    ['a name that begins like its own', (port: number) => `localhost.evil.example:${port}`],
    ['a name that ends like its own', (port: number) => `evil-localhost:${port}`],
    ['a name with an address in it', (port: number) => `127.0.0.1.evil.example:${port}`],
    ['another port', () => 'localhost:1'],
    ['the port of nothing', () => 'localhost:99999'],
    ['a name that ends like a configured one', (port: number) => `x.proxy.core:${port}`],
    ['another address', (port: number) => `10.0.0.5:${port}`],
    ['loopback written as only some tools read it', (port: number) => `0x7f.1:${port}`],
    ['loopback as one number', (port: number) => `2130706433:${port}`],
    ['a user before the name', (port: number) => `localhost@evil.example:${port}`],
    ['two names', (port: number) => `localhost:${port}, evil.example`],
    ['brackets without an address', () => '[localhost]'],
    ['a space', () => 'local host'],
    ['nothing', () => ''],
  ])('is not %s', async (_, host) => {
    const { port } = await serve({ hostNames: ['proxy.core'] });
    const answer = await ask(port, '/healthz', [`Host: ${host(port)}`]);
    expect(answer.status).toBe(421);
    expect(errorOf(answer).message).toBe(`this agent does not answer to '${host(port)}'`);
  });

  it('is the address that a connection came to where it listens on all', async () => {
    const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ internal }) => !internal));
    const { port } = await serve({ host: '0.0.0.0', isOpen: true });
    for (const { address } of own.filter(({ family }) => family === 'IPv4')) {
      const { status } = await fetch(`http://${address}:${port}/healthz`);
      expect(status).toBe(200);
      expect((await ask(port, '/healthz', [`Host: ${address}:${port}`])).status).toBe(421);
    }
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('takes one host alone', async () => {
    const { port } = await serve();
    const answer = await ask(port, '/healthz', [`Host: 127.0.0.1:${port}`, 'host: evil.example']);
    expect([answer.status, errorOf(answer).message]).toEqual([400, 'there is more than one header Host']);
  });

  it('answers, and does not fail, where a configured name is no name', async () => {
    const { port, told } = await serve({ hostNames: ['1.2.3.4.5', '300.1.1.1'] });
    for (const host of ['1.2.3.4.5', '300.1.1.1']) {
      expect((await ask(port, '/healthz', [`Host: ${host}`])).status).toBe(200);
    }
    expect(told).toEqual([]);
  });
});

describe('other pages', () => {
  const cross = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'];

  it.each([
    ['of another site', cross],
    [
      'of another port of the same host',
      ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty'],
    ],
    ['in a frame', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe']],
    ['that only say their origin', ['Origin: http://evil.example']],
    ['without an origin', ['Origin: null']],
    ['whose origin begins like its own', ['Origin: http://127.0.0.1:1.evil.example']],
  ])('%s are refused', async (_, headers) => {
    const { port } = await serve();
    const answer = await ask(port, '/api/report', headers);
    expect([answer.status, errorOf(answer).code]).toEqual([403, 'cross-origin']);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each([
    ['its own page', (port: number) => [`Origin: http://127.0.0.1:${port}`, 'Sec-Fetch-Site: same-origin']],
    ['its own page behind a proxy that encrypts', (port: number) => [`Origin: https://127.0.0.1:${port}`]],
    [
      'an address that was typed',
      () => ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'],
    ],
    ['a link', () => ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']],
    ['a program', () => []],
  ])('but not %s', async (_, headers) => {
    const { port } = await serve();
    expect((await ask(port, '/api/report', headers(port))).status).toBe(200);
  });
});

describe('every answer', () => {
  it.each([
    ['a page', '/', 'GET'],
    ['JSON', '/api/report', 'GET'],
    ['events', '/api/events', 'HEAD'],
    ['a refusal', '/no/such', 'GET'],
    ['a wrong method', '/', 'DELETE'],
    ['what is no request', '/', 'G T'],
  ])('has the headers of safety: %s', async (_, target, method) => {
    const { port } = await serve();
    const { headers } = await ask(port, target, [], method);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers.has('permissions-policy')).toBe(true);
    expect(headers.has('server') || headers.has('x-powered-by')).toBe(false);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s changes nothing', async (method) => {
    const { agent, port } = await serve();
    for (const path of ['/', '/api/report', '/no/such']) {
      const answer = await ask(port, path, [], method);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect(errorOf(answer).code).toBe('method-refused');
    }
    expect(agent.reports).toBe(0);
  });
});

describe('a token', () => {
  it('opens all, and without it only whether the agent is well is told', async () => {
    const { agent, port } = await serve({ token: TOKEN });
    for (const path of ['/', '/metrics', '/api/report', '/api/history', '/api/ports', '/api/events', '/no/such']) {
      const answer = await ask(port, path);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fourtuple"']);
      expect(errorOf(answer).code).toBe('token-needed');
    }
    expect(JSON.parse((await ask(port, '/healthz')).body)).toEqual({ isHealthy: true });
    expect((await ask(port, '/api/report', [BEARER])).status).toBe(200);
    expect(JSON.parse((await ask(port, '/healthz', [BEARER])).body)).toEqual(agent.health());
  });

  it('that is wrong opens nothing', async () => {
    const { port, told } = await serve({ token: TOKEN });
    for (const wrong of [TOKEN.slice(1), `${TOKEN}x`, TOKEN.toLowerCase(), '=', '\xff\xfe']) {
      const answer = await ask(port, '/healthz', [`Authorization: Bearer ${wrong}`]);
      expect([answer.status, errorOf(answer).code]).toEqual([401, 'token-wrong']);
    }
    for (const other of ['Authorization: Basic a2E6a2E=', 'Authorization: Bearer', `Authorization: ${TOKEN}`]) {
      expect(errorOf(await ask(port, '/api/report', [other])).code).toBe('token-needed');
    }
    expect(told).toEqual([{ code: 'tokens-wrong', message: 'a wrong token came from 127.0.0.1' }]);
  });

  it('gives a browser a cookie that is not it, and takes it out of the address', async () => {
    const { port } = await serve({ token: TOKEN });
    const opened = await ask(port, `/?token=${TOKEN}`);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, './']);
    const cookie = opened.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^fourtuple-[\w-]{8}=[\w-]{43}; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const [pair = ''] = cookie.split(';');
    expect((await ask(port, '/', [`Cookie: a=b; ${pair}; c=d`])).status).toBe(200);
    expect((await ask(port, '/api/report', [`Cookie: ${pair}`])).status).toBe(200);
    expect((await ask(port, '/api/report', [`Cookie: ${pair}x`])).status).toBe(401);
    expect((await ask(port, '/api/report', [`Cookie: fourtuple=${TOKEN}`])).status).toBe(401);
    expect((await ask(port, '/?token=wrong')).status).toBe(401);
    expect((await ask(port, `/api/report?token=${TOKEN}`)).status).toBe(401);
  });

  it('gives agents with other tokens other cookies, and the same again after a start', async () => {
    const [one, again, other] = [
      await serve({ token: TOKEN }),
      await serve({ token: TOKEN }),
      await serve({ token: `${TOKEN}2` }),
    ];
    const cookieOf = async ({ port }: { port: number }, token: string): Promise<string | undefined> =>
      (await ask(port, `/?token=${token}`)).headers.get('set-cookie');
    const cookie = await cookieOf(one, TOKEN);
    expect(await cookieOf(again, TOKEN)).toBe(cookie);
    const names = [cookie, await cookieOf(other, `${TOKEN}2`)].map((text) => text?.split('=')[0]);
    expect(names[0]).not.toBe(names[1]);
  });

  it('is not looked at after ten wrong ones; a cookie is', async () => {
    const { port } = await serve({ token: TOKEN });
    const [pair = ''] = ((await ask(port, `/?token=${TOKEN}`)).headers.get('set-cookie') ?? '').split(';');
    for (let count = 0; count < 10; count += 1) await ask(port, '/', ['Authorization: Bearer guess']);
    const answer = await ask(port, '/', [BEARER]);
    expect([answer.status, errorOf(answer).code]).toEqual([429, 'too-many-tokens']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(port, '/', [`Cookie: ${pair}`])).status).toBe(200);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('that nobody asks for is taken out of the address all the same', async () => {
    const { port } = await serve();
    const { status, headers } = await ask(port, '/?token=abc');
    expect([status, headers.get('location'), headers.has('set-cookie')]).toEqual([303, './', false]);
  });
});

describe('listening where others can reach it', () => {
  it.each(['0.0.0.0', '::', '10.0.0.5', '[2001:db8::5]', '::ffff:10.0.0.5', '0'])('%s needs a token', async (host) => {
    await expect(serve({ host })).rejects.toMatchObject({ code: 'FT_ARGUMENT', hint: /token.*--open.*127\.0\.0\.1/ });
  });

  it.each([{ token: TOKEN }, { isOpen: true }])('is done with %o', async (more) => {
    const { url } = await serve({ host: '0.0.0.0', ...more });
    expect((await fetch(url.replace('0.0.0.0', '127.0.0.1'))).status).toBe('token' in more ? 401 : 200);
  });

  it.each(['127.0.0.1', 'localhost', '127.8.8.8', '::1', '[::1]'])('%s needs none', async (host) => {
    const { url } = await serve({ host });
    expect((await fetch(url)).status).toBe(200);
  });

  it.each(['', 'short', 'with space 0123456', 'ümlaut0123456789', 'line\r\nbreak0123456'])(
    'refuses %j as a token',
    async (token) => {
      await expect(serve({ token })).rejects.toMatchObject({ code: 'FT_ARGUMENT', hint: /Make one: / });
    },
  );
});

describe('an address that cannot be listened on', () => {
  it('is told: the port is in use', async () => {
    const { port } = await serve();
    const busy = serve({ port });
    await expect(busy).rejects.toMatchObject({ code: 'FT_BUSY', message: /^port \d+ of 127.0.0.1 is in use/ });
  });

  it('is told: the port is for the privileged', async () => {
    const restore = dropCapabilities();
    try {
      await expect(serve({ port: 1 })).rejects.toMatchObject({ code: 'FT_PRIVILEGE', hint: /CAP_NET_BIND_SERVICE/ });
    } finally {
      restore();
    }
  });

  it('is told: the machine does not have it', async () => {
    const other = serve({ host: '192.0.2.77', isOpen: true });
    await expect(other).rejects.toMatchObject({
      code: 'FT_ADDRESS',
      message: 'this machine has no address 192.0.2.77',
    });
  });

  it('is told: nobody knows the name', async () => {
    await expect(serve({ host: `${'a'.repeat(64)}.invalid` })).rejects.toMatchObject({ code: 'FT_ADDRESS' });
    await expect(serve({ host: '' })).rejects.toMatchObject({ code: 'FT_ADDRESS' });
  });

  it('leaves nothing behind', async () => {
    await serve({ host: '192.0.2.77', isOpen: true }).catch(() => {});
    await eventually(() => process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
  });
});
