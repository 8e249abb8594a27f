import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bindAddressNoPort } from '../../src/remedies/bind-address-no-port.ts';
import { closeFromOtherEnd } from '../../src/remedies/close-from-other-end.ts';
import { closeWhatLeaks } from '../../src/remedies/close-what-leaks.ts';
import { connectTimeout } from '../../src/remedies/connect-timeout.ts';
import { keepConnections } from '../../src/remedies/keep-connections.ts';
import { moreDestinationAddresses } from '../../src/remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../src/remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../src/remedies/more-source-addresses.ts';
import type { LaneFacts, Remedy } from '../../src/remedies/remedy.ts';
import { closeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { blackHole } from '../kit/links.ts';
import { laneFactsLike, situationLike } from '../kit/machines.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { type Run, run } from '../kit/program.ts';
import { serveHttp, temporaryFolder } from '../kit/proxies.ts';
import { countedStates, settled, socketStatistics } from '../kit/socket-statistics.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { observe } from './observe.ts';

const TURNS = 10;

function textOf(remedy: Remedy, name: string, more: Partial<LaneFacts>): string {
  const ends = { source: '127.0.0.1', destination: '127.0.0.1', isLocal: true };
  const lane = laneFactsLike({ ...ends, program: { name, version: null }, ...more });
  return remedy.byHand(situationLike({ lane }))[0]?.text ?? '';
}

const forNode = (remedy: Remedy, more: Partial<LaneFacts>): string => textOf(remedy, 'node', more);

/** Runs it as a program; it must go well. */
async function runNode(text: string): Promise<string> {
  const { code, out, error } = await run(process.execPath, ['--input-type=module', '--eval', text]);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}

/** What a program does again for each request, so many times, one after the other. */
function inTurns(text: string, again: RegExp): string {
  const request = again.exec(text)?.[0] ?? '';
  const waited = request.replace('response.resume()', "response.resume().on('close', () => setImmediate(done))");
  return text.replace(
    request,
    `for (let turns = ${TURNS}; turns > 0; turns -= 1) await new Promise((done) => {\n${waited}\n});`,
  );
}

describe('Node', () => {
  usesPrivateNamespace();

  it('keeps one connection with the agent that it is told to make, and none without', async () => {
    const backend = await serveHttp('127.0.0.1');
    const text = inTurns(forNode(keepConnections, { port: backend.port }), /http\.get.*$/m);
    await runNode(`${text}\nagent.destroy();`);
    expect(backend.opens).toBe(1);
    await runNode(text.replace('{ agent }', '{ agent: false }'));
    expect(backend.opens).toBe(1 + TURNS);
  });

  it('connects from both source addresses', async () => {
    const backend = await serveHttp('127.0.0.1');
    const text = inTurns(forNode(moreSourceAddresses, { port: backend.port }), /const agent = [\s\S]*/);
    await runNode(`${text}\nfor (const agent of agents) agent.destroy();`);
    expect([...backend.sources].sort()).toEqual(['127.0.0.1', '127.0.0.2']);
  });

  for (const [name, remedy, other] of [
    ['addresses', moreDestinationAddresses, ['127.0.0.2', 9_000]],
    ['ports', moreDestinationPorts, ['127.0.0.1', 9_001]],
  ] as const) {
    it(`connects to both destination ${name}`, async () => {
      const backends = [await serveHttp('127.0.0.1', 9_000), await serveHttp(other[0], other[1])];
      const text = forNode(remedy, { port: 9_000 }).replace('NEW_PORT', '9001');
      await runNode(`${inTurns(text, /const server = [\s\S]*/)}\nhttp.globalAgent.destroy();`);
      for (const { opens } of backends) expect(opens).toBeGreaterThan(0);
    });
  }

  it('gives up what is not answered', async () => {
    blackHole({ link: 'hole', addresses: ['10.77.0.1/24'] });
    const text = forNode(connectTimeout, { destination: '10.77.0.9', port: 8080 });
    const waiting = runNode(text.replace('console.error', '(error) => console.log(error.message)'));
    while (!socketStatistics().some(({ state }) => state === 'SYN_SENT'));
    expect(await waiting).toBe('connect timed out\n');
    expect(countedStates('10.77.0.1', '10.77.0.9', 8080)).toEqual({});
  });

  it('lets the server close first: TIME_WAIT is the server’s', async () => {
    const server = createServer((socket) => socket.end('that is all'));
    await once(server.listen(9_000, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    await runNode(forNode(closeFromOtherEnd, { port: 9_000 }));
    await settled();
    expect(countedStates('127.0.0.1', '127.0.0.1', 9_000)).toEqual({});
    expect(socketStatistics().filter(({ state }) => state === 'TIME_WAIT')).toMatchObject([{ sourcePort: 9_000 }]);
  });

  it('has slots of its own for each destination when it does not bind', async () => {
    serve('127.0.0.1', 9_000);
    serve('127.0.0.1', 9_001);
    setPortRange(40_000, 40_000);
    const connect = (port: number): string =>
      forNode(bindAddressNoPort, { port })
        .replace(/^import.*\n/, '')
        .replace('const socket', `const socket${port}`);
    const both = `import net from 'node:net';\n${connect(9_000)}\n${connect(9_001)}\nsocket9001.on('connect', () => process.exit());`;
    await runNode(both);
    const bound = both
      .replaceAll(/\}\);$/gm, '});')
      .replaceAll("host: '127.0.0.1'", "host: '127.0.0.1', localAddress: '127.0.0.1'");
    expect(await run(process.execPath, ['--input-type=module', '--eval', bound])).toMatchObject({
      error: expect.stringContaining('EADDRINUSE'),
    });
  });
});

describe('what is typed in C', () => {
  usesPrivateNamespace();
  needsPrograms('cc');

  it('gives each destination slots of its own, and without the option they share them', async () => {
    const text = textOf(bindAddressNoPort, 'server-in-c', {});
    expect(text).toContain('setsockopt');
    for (const address of ['127.0.0.1', '127.0.0.2']) serve(address, 9_000);
    setPortRange(40_000, 40_000);
    expect(await runC(connectTwice(text))).toMatchObject({ code: 0 });
    expect(await runC(connectTwice(text.replace(/^setsockopt.*$/m, '')))).toMatchObject({ code: 1 });
  });
});

/** Connects to two destinations at once; fails where one connection fails. */
function connectTwice(text: string): string {
  return `
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
static int open_to(const char *address) {
  struct sockaddr_in source = { .sin_family = AF_INET }, destination = source, got;
  socklen_t length = sizeof got;
  inet_pton(AF_INET, "127.0.0.1", &source.sin_addr);
  inet_pton(AF_INET, address, &destination.sin_addr);
  destination.sin_port = htons(9000);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  ${text}
  return getpeername(fd, (struct sockaddr *)&got, &length);
}
int main(void) { return open_to("127.0.0.1") == 0 && open_to("127.0.0.2") == 0 ? 0 : 1; }
`;
}

async function runC(source: string): Promise<Run> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'main.c'), source);
  expect(await run('cc', ['-o', join(folder, 'main'), join(folder, 'main.c')])).toMatchObject({ code: 0 });
  return await run(join(folder, 'main'), []);
}

describe('the command that lists what leaks', () => {
  usesPrivateNamespace();
  needsPrograms('ss');

  for (const address of ['127.0.0.1', '::1']) {
    it(`names each socket of the lane in CLOSE_WAIT and its process, and no other: ${address}`, async () => {
      const to = serve(address, 8080);
      const elsewhere = serve(address, 8081);
      closeWait(3, to);
      closeWait(1, elsewhere);
      hold(1, to);
      const lane = { source: address, destination: address, port: 8080 };
      const { out, code } = await run('sh', ['-c', textOf(closeWhatLeaks, 'app', lane)]);
      expect(code).toBe(0);
      const lines = out.trim().split('\n').slice(1);
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line).toContain(`pid=${process.pid},`);
      const { lanes } = await observe();
      expect(lanes.find(({ port }) => port === 8080)?.states).toMatchObject({ CLOSE_WAIT: lines.length });
    });
  }
});
