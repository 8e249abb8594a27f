import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ask, errorOf, servesAgents } from '../kit/http-agent.ts';

const serve = servesAgents();
const SCRIPT = 'export const lanes = 1;\n'.repeat(200);
const PAGE = '<!doctype html><script type="module" src="./assets/index-Ab_c-123.js"></script>';
const folder = mkdtempSync(join(tmpdir(), 'fourtuple-web-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), PAGE);
writeFileSync(join(folder, 'assets', 'index-Ab_c-123.js'), SCRIPT);
writeFileSync(join(folder, 'assets', 'icon.svg'), '<svg/>');
writeFileSync(join(folder, 'assets', 'index-Ab_c-123.js.map'), '{}');
writeFileSync(join(folder, 'assets', '.hidden.js'), 'hidden');
symlinkSync('/etc/passwd', join(folder, 'assets', 'passwd.txt'));
symlinkSync('/etc', join(folder, 'assets', 'etc'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the dashboard', () => {
  it('is the page that was built, and what it loads', async () => {
    const { port } = await serve({}, { webRoot: folder });
    const page = await ask(port, '/');
    expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control'), page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
      PAGE,
    ]);
    const script = await ask(port, '/assets/index-Ab_c-123.js');
    expect([script.status, script.headers.get('content-type'), script.body]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      SCRIPT,
    ]);
    expect(script.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const icon = await ask(port, '/assets/icon.svg');
    expect([icon.headers.get('content-type'), icon.headers.get('cache-control')]).toEqual([
      'image/svg+xml',
      'no-cache',
    ]);
  });

  it('may be asked for with a query that only the page reads', async () => {
    const { port } = await serve({}, { webRoot: folder });
    expect((await ask(port, '/?lane=1')).body).toBe(PAGE);
  });

  it.each(['br', 'gzip'])('is sent shorter to those that take %s', async (coding) => {
    const { port, url } = await serve({}, { webRoot: folder });
    const path = 'assets/index-Ab_c-123.js';
    const { headers } = await ask(port, `/${path}`, [`Accept-Encoding: x, ${coding};q=0.5`], 'HEAD');
    expect([headers.get('content-encoding'), headers.get('vary')]).toEqual([coding, 'Accept-Encoding']);
    expect(Number(headers.get('content-length'))).toBeLessThan(SCRIPT.length / 4);
    const response = await fetch(`${url}${path}`, { headers: { 'accept-encoding': coding } });
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([coding, SCRIPT]);
  });

  it('is not sent again to those that have it', async () => {
    const { port } = await serve({}, { webRoot: folder });
    const etag = (await ask(port, '/')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    for (const tags of [etag, `"other", ${etag.slice(2)}`, '*']) {
      const again = await ask(port, '/', [`If-None-Match: ${tags}`]);
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await ask(port, '/', ['If-None-Match: "other"'])).status).toBe(200);
  });

  it.each([
    '/index.html',
    '/assets',
    '/assets/',
    '/assets/passwd.txt',
    '/assets/etc/passwd',
    '/assets/.hidden.js',
    '/assets/index-Ab_c-123.js.map',
    '/assets/../assets/icon.svg',
    '/assets/%69con.svg',
  ])('has nothing else: %s', async (path) => {
    const { port } = await serve({}, { webRoot: folder });
    const answer = await ask(port, path);
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'not-found']);
  });

  it.each([null, join(folder, 'none')])('is a small page that leads on where it was not built', async (webRoot) => {
    const { agent, port } = await serve({}, { webRoot });
    const page = await ask(port, '/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const links = [...page.body.matchAll(/<a href="([^"]+)"/g)].map(([, link]) => `/${link}`);
    expect(links).toEqual(['/metrics', '/api/report', '/api/history', '/api/events', '/healthz']);
    expect(page.body).not.toMatch(/<script|<style| style=| on\w+=/);
    expect(agent.listeners.size).toBe(0);
  });
});
