import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { ask, connection, ended, errorOf, parseAnswer, sendRaw, servesAgents } from '../kit/http-agent.ts';

const serve = servesAgents();

/** The libraries below write what they did not expect there: it would be in the agent's log. */
let written: MockInstance[];
beforeEach(() => {
  written = [vi.spyOn(console, 'error'), vi.spyOn(console, 'info')];
});
afterEach(() => {
  for (const spy of written) expect(spy.mock.calls).toEqual([]);
  vi.restoreAllMocks();
});

describe('a path', () => {
  it.each([
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/../../package.json',
    '/assets/..\\..\\package.json',
    '/metrics/../api/report',
    '/./api/report',
    '//api/report',
    '/api/report/',
    '/api%2freport',
    '/%61pi/report',
    '/api/report%00',
    '/%',
    '/%zz',
    '/__proto__',
    '/constructor',
    '/toString',
    '/index.html/',
    '/.git/config',
    '/API/REPORT',
    '/api/report;x=1',
    '/*',
  ])('that leads nowhere is answered with 404: %s', async (path) => {
    const { agent, port } = await serve();
    const answer = await ask(port, path);
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'not-found']);
    expect(agent.reports).toBe(0);
  });

  it.each(['http://127.0.0.1/api/report', '*', 'api/report', 'http:/api/report', 'javascript:1'])(
    'that is none is answered with 400: %s',
    async (target) => {
      const { port } = await serve();
      expect((await ask(port, target)).status).toBe(400);
    },
  );

  it('that is too long is answered with 414, and headers that are with 431', async () => {
    const { port } = await serve();
    expect((await ask(port, `/${'a'.repeat(2_047)}`)).status).toBe(404);
    const path = await ask(port, `/${'a'.repeat(2_048)}`);
    expect([path.status, errorOf(path).code]).toEqual([414, 'too-long']);
    const headers = await ask(port, '/healthz', [`X-Long: ${'a'.repeat(16_384)}`]);
    expect([headers.status, errorOf(headers).code]).toEqual([431, 'too-large']);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['nothing that HTTP knows', 'hello there\r\n\r\n'],
    ['zeroes', Buffer.alloc(1_000)],
    ['a greeting of TLS', Buffer.from('16030100f1010000ed0303', 'hex')],
    ['a path with NUL', 'GET /api/\0report HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a header with NUL', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: \0\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n'],
    ['a header that goes on in the next line', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    [
      'a length and chunks',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a length below zero', 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('are answered with 400: %s', async (_, bytes) => {
    const { port } = await serve();
    const answer = parseAnswer(await sendRaw(port, bytes));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('connection')).toBe('close');
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('end no agent, whatever they are', async () => {
    const { port } = await serve({}, { limits: { headersMs: 50, requestMs: 50, checkMs: 20, keepAliveMs: 50 } });
    const line = fc.constantFrom(
      'GET / HTTP/1.1',
      'Host: localhost',
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      '',
    );
    const lines = fc.array(fc.oneof(line, fc.string({ unit: 'binary' })), { maxLength: 6 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array)),
      lines.map((all) => Buffer.from(all.join('\r\n'))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 40, maxLength: 40 }), async (all) => {
        const answers = await Promise.all(all.map((one) => sendRaw(port, one)));
        for (const answer of answers) expect(answer).not.toMatch(/node:|\.ts\b|at .+:\d+:\d+/);
      }),
      { numRuns: 5 },
    );
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('end their own connection alone where they come after a good request', async () => {
    const { port } = await serve();
    const socket = connection(port);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.write('nonsense\r\n\r\n');
    await ended(socket);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });
});

describe('a body', () => {
  it.each([
    ['of a known length', 'Content-Length: 5\r\n\r\nhello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ['that is announced', 'Content-Length: 5\r\nExpect: 100-continue\r\n\r\n'],
    ['without an end', 'Content-Length: 99999999999\r\n\r\nhello'],
  ])('%s is refused, and the connection ends', async (_, rest) => {
    const { port } = await serve();
    const answer = parseAnswer(await sendRaw(port, `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${rest}`));
    expect([answer.status, answer.headers.get('connection'), errorOf(answer).code]).toEqual([
      413,
      'close',
      'body-refused',
    ]);
  });

  it('of no bytes is none', async () => {
    const { port } = await serve();
    expect((await ask(port, '/healthz', ['Content-Length: 0'])).status).toBe(200);
  });
});

describe('a connection', () => {
  const quick = { headersMs: 50, requestMs: 80, checkMs: 20 };

  it.each([
    ['says nothing', ''],
    ['does not end its headers', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    ['does not end its first line', 'GET /'],
  ])('that %s is ended', async (_, bytes) => {
    const { port } = await serve({}, { limits: quick });
    const socket = connection(port);
    if (bytes !== '') socket.write(bytes);
    const [answer] = await Promise.all([once(socket, 'data'), ended(socket)]);
    expect(parseAnswer(String(answer[0]))).toMatchObject({ status: 408 });
  });

  it('that sends a header now and then is ended too', async () => {
    const { port } = await serve({}, { limits: quick });
    const socket = connection(port);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X: y\r\n'), 10);
    await ended(socket);
    clearInterval(drip);
  });

  it('serves one request after the other, and ends where one does not wait for its answer', async () => {
    const { agent, port } = await serve();
    const socket = connection(port);
    const request = 'GET /api/report HTTP/1.1\r\nHost: localhost\r\n\r\n';
    for (let count = 0; count < 3; count += 1) {
      socket.write(request);
      await once(socket, 'data');
    }
    expect(agent.reports).toBe(3);
    socket.write(request.repeat(1_000));
    await ended(socket);
    expect(agent.reports).toBe(4);
  });

  it('is not kept where nothing comes over it for long', async () => {
    const { port } = await serve({}, { limits: { keepAliveMs: 30 } });
    const socket = connection(port);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await ended(socket.resume());
  });

  it.each(['CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n'])('is no way to elsewhere', async (bytes) => {
    const { port } = await serve();
    expect(await sendRaw(port, bytes)).toBe('');
  });

  it('asks for no other protocol', async () => {
    const { port } = await serve();
    const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'];
    expect((await ask(port, '/healthz', upgrade)).status).toBe(200);
  });

  it('beyond those that may be is closed, which is told', async () => {
    const { port, told } = await serve({}, { limits: { connections: 3 } });
    const sockets = [connection(port), connection(port), connection(port)];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect(await sendRaw(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
    expect(told).toEqual([{ code: 'connections-refused', message: 'a connection was refused: there are 3 already' }]);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await ask(port, '/healthz')).status).toBe(200);
  });
});

describe('answers that nobody reads', () => {
  it('are bounded together', async () => {
    const { agent, port } = await serve({}, { limits: { answerBytes: 70_000_000 } });
    const namespaces = [{ name: 'x'.repeat(30_000_000) }];
    agent.reportIs = async () =>
      ({ findings: [], namespaces: namespaces.map((one) => ({ ...one, lanes: [] })) }) as never;
    const sockets = [connection(port), connection(port)];
    for (const socket of sockets) {
      socket.pause();
      socket.write('GET /api/report HTTP/1.1\r\nHost: localhost\r\n\r\n');
    }
    await eventually(() => agent.reports).toBe(2);
    await eventually(async () => (await ask(port, '/api/report', [], 'HEAD')).status).toBe(503);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await ask(port, '/api/report', [], 'HEAD')).status).toBe(200);
  });

  it('end with their connection where no byte goes for long', async () => {
    const { agent, port } = await serve({}, { limits: { idleMs: 100 } });
    agent.reportIs = async () => ({ findings: [], namespaces: [{ name: 'x'.repeat(30_000_000), lanes: [] }] }) as never;
    const socket = connection(port);
    socket.write('GET /api/report HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    await eventually(() => isEnded(socket)).toBe(true);
  });
});

/** Writing to a connection that the other end has reset fails. */
async function isEnded(socket: ReturnType<typeof connection>): Promise<boolean> {
  await new Promise((resolve) => socket.write('x', resolve));
  return socket.destroyed;
}
