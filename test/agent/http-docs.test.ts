import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HTTP_LIMITS } from '../../src/agent/http/http-limits.ts';
import { REFUSALS } from '../../src/agent/http/refusal.ts';
import { pageRoute } from '../../src/agent/http/routes/page-route.ts';
import { EVENTS_PATH, routesOf } from '../../src/agent/http/routes/routes.ts';
import { SAFETY_HEADERS } from '../../src/agent/http/safety-headers.ts';
import { WebFiles } from '../../src/agent/http/web-files.ts';
import { formatCount } from '../../src/tcp/number-text.ts';
import { FakeAgent } from '../kit/agent-view.ts';
import { ask, errorOf, servesAgents } from '../kit/http-agent.ts';

const PAGE = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const serve = servesAgents();

/** The cells of the table with this first heading. */
function tableOf(heading: string): string[][] {
  const [, table = ''] = PAGE.split(`\n| ${heading} |`);
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function codeIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

describe('the page about HTTP', () => {
  const routes = [pageRoute(new WebFiles(null)), ...routesOf(new FakeAgent(), null)];

  it('lists every path with its parameters, and no other', () => {
    const listed = tableOf('path').map(([path, parameters]) => [codeIn(path)[0], codeIn(parameters)]);
    const real = [...routes.map(({ path, parameters }) => [path, parameters]), [EVENTS_PATH, []]];
    expect(listed).toEqual(real);
  });

  it('says what to write for each parameter', () => {
    const listed = new Set(tableOf('parameter').flatMap(([name]) => codeIn(name)));
    const real = new Set(routes.flatMap(({ parameters }) => parameters).filter((name) => name !== 'token'));
    expect([...listed].sort()).toEqual([...real].sort());
  });

  it('lists every refusal with its status', () => {
    const listed = tableOf('code').map(([code, status]) => [codeIn(code)[0], Number(status)]);
    expect(listed).toEqual(Object.entries(REFUSALS));
  });

  it('gives the limits that hold', () => {
    const seconds = (ms: number): string => `${ms / 1_000} s`;
    const { queueBytes, behindMs } = HTTP_LIMITS;
    expect(tableOf('limit').map(([, limit]) => limit)).toEqual([
      formatCount(HTTP_LIMITS.connections),
      formatCount(HTTP_LIMITS.readers),
      `${formatCount(queueBytes)} bytes, and ${seconds(behindMs)} without a moment when nothing waits`,
      `${formatCount(HTTP_LIMITS.answerBytes)} bytes`,
      `${formatCount(HTTP_LIMITS.targetBytes)} bytes`,
      `${formatCount(HTTP_LIMITS.headBytes)} bytes`,
      seconds(HTTP_LIMITS.headersMs),
      seconds(HTTP_LIMITS.requestMs),
      seconds(HTTP_LIMITS.keepAliveMs),
      seconds(HTTP_LIMITS.idleMs),
      '1',
    ]);
    const { eventLanes, sampleEventBytes, findingsEventBytes, commentMs } = HTTP_LIMITS;
    expect(PAGE).toContain(`the ${eventLanes} fullest lanes`);
    expect(PAGE).toContain(`${sampleEventBytes / 1_000} kB`);
    expect(PAGE).toContain(`${findingsEventBytes / 1_000} kB`);
    expect(PAGE).toContain(`a comment every ${seconds(commentMs)}`);
  });

  it('names every header of safety, and the policy as it is', () => {
    const text = PAGE.replaceAll(/\s+/g, ' ');
    for (const name of Object.keys(SAFETY_HEADERS)) expect(text).toContain(name);
    expect(text).toContain(`Content-Security-Policy: ${SAFETY_HEADERS['Content-Security-Policy']}`);
  });

  it('is what a refusal of a path names', async () => {
    const { port } = await serve();
    const hint = errorOf(await ask(port, '/no/such')).hint ?? '';
    expect(hint.match(/\/[a-z/]*/g)).toEqual(tableOf('path').map(([path]) => codeIn(path)[0]));
  });

  it('shows refusals as they are', async () => {
    const { agent, port } = await serve();
    agent.history = { span: () => null, at: () => null, series: () => [], close: () => {} };
    const shown = [...PAGE.matchAll(/curl -s '?http:\/\/127.0.0.1:10404([^' \n]+)'?\n(\{"error":.*\})/g)];
    expect(shown.length).toBeGreaterThan(1);
    for (const [, target = '', json = ''] of shown) {
      const { code, message } = errorOf({ body: json });
      expect(errorOf(await ask(port, target))).toMatchObject({ code, message });
    }
  });
});
