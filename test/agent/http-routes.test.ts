import { describe, expect, it } from 'vitest';
import type { HistoryReader, LaneSeries, SeriesQuery } from '../../src/agent/history/history.ts';
import { finding, LANE } from '../kit/agent-view.ts';
import { eventually } from '../kit/eventually.ts';
import { ask, errorOf, servesAgents } from '../kit/http-agent.ts';
import { laneReport, namespaceReport, reportOf } from '../kit/reports.ts';

const serve = servesAgents();

describe('/healthz', () => {
  it('answers 200 while samples are taken, and 503 when not', async () => {
    const { agent, port } = await serve();
    const well = await ask(port, '/healthz');
    expect(well.status).toBe(200);
    expect(JSON.parse(well.body)).toEqual(agent.health());
    agent.isHealthy = false;
    expect((await ask(port, '/healthz')).status).toBe(503);
  });
});

describe('/api/report', () => {
  const two = reportOf(
    [
      namespaceReport([LANE, laneReport(['10.0.0.5', '10.0.1.8', 80], { ESTABLISHED: 3 })]),
      namespaceReport([laneReport(['10.1.0.5', '10.1.1.9', 81], { ESTABLISHED: 1 })], { name: null, inode: 77 }),
    ],
    { findings: [finding('a'), finding('b', { namespace: null, namespaceInode: 77 })] },
  );

  it('is the report of now, as JSON that nobody keeps', async () => {
    const { agent, port } = await serve();
    agent.reportIs = async () => two;
    const { status, headers, body } = await ask(port, '/api/report');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(body)).toEqual(two);
  });

  it('has one namespace and its findings, or the fullest lanes alone, where that is asked for', async () => {
    const { agent, port } = await serve();
    agent.reportIs = async () => two;
    const one = JSON.parse((await ask(port, '/api/report?namespace=net:[77]')).body);
    expect(one).toEqual({ ...two, namespaces: [two.namespaces[1]], findings: [two.findings[1]] });
    const [first] = JSON.parse((await ask(port, '/api/report?top=1')).body).namespaces;
    expect([first.lanes, first.lanesOmitted]).toEqual([[LANE], 1]);
  });

  it('names the namespaces there are where another one is asked for', async () => {
    const { agent, port } = await serve();
    agent.reportIs = async () => two;
    const answer = await ask(port, '/api/report?namespace=web');
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toEqual({
      code: 'not-sampled',
      message: "there is no namespace 'web' here",
      hint: 'There is host, net:[77].',
    });
  });

  it('tells who runs the agent why there is none, and nobody else', async () => {
    const { agent, port, told } = await serve();
    agent.reportIs = async () => Promise.reject(new Error('cannot read /secret/path'));
    const answer = await ask(port, '/api/report');
    expect(answer.status).toBe(500);
    expect(errorOf(answer)).toEqual({
      code: 'failed',
      message: 'this could not be answered',
      hint: "The agent's log says why.",
    });
    expect(told).toEqual([
      { code: 'request-failed', message: '/api/report could not be answered: cannot read /secret/path' },
    ]);
  });
});

describe('/api/ports', () => {
  const lane = 'namespace=host&source=10.0.0.5&destination=10.0.1.9&port=8080';

  it('is the port map of a lane, shorter where gzip is taken', async () => {
    const { agent, port, url } = await serve();
    const plain = await ask(port, `/api/ports?${lane}`);
    const name = { namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null };
    expect(JSON.parse(plain.body)).toEqual(agent.portMap(name));
    expect(plain.headers.has('content-encoding')).toBe(false);
    const zipped = await fetch(`${url}api/ports?${lane}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(Number(zipped.headers.get('content-length'))).toBeLessThan(plain.body.length / 10);
    expect(await zipped.json()).toEqual(agent.portMap(name));
  });

  it('takes addresses however they are written', async () => {
    const { port } = await serve();
    const mapped = lane.replace('10.0.0.5', '::ffff:a00:5');
    expect((await ask(port, `/api/ports?${mapped}`)).status).toBe(200);
  });

  it('says that there is no such lane', async () => {
    const { port } = await serve();
    const answer = await ask(port, `/api/ports?${lane}&device=eth9`);
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'not-sampled']);
  });
});

describe('/api/history', () => {
  const [sinceMs, untilMs] = [Date.parse('2026-11-20T10:00:00Z'), Date.parse('2026-11-20T12:00:00Z')];
  const columns = { times: [1], slots: [2], used: [1], live: [1], timeWait: [0], reclaimable: [null] };
  const rates = {
    opensPerSecond: [null],
    secondsToCliff: [null],
    secondsToExhaustion: [null],
    refusedConnects: [null],
  };
  const name = { namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null };
  const series: LaneSeries = { ...name, stepSeconds: 1, ...columns, ...rates };
  const then = reportOf([namespaceReport([LANE])]);

  class FakeHistory implements HistoryReader {
    readonly asked: SeriesQuery[] = [];
    readonly span = (): { sinceMs: number; untilMs: number } => ({ sinceMs, untilMs });
    readonly at = (atMs: number): typeof then | null => (atMs >= sinceMs && atMs <= untilMs ? then : null);
    readonly close = (): void => {};

    series(query: SeriesQuery): LaneSeries[] {
      this.asked.push(query);
      return query.matches(name) ? [series] : [];
    }
  }

  it('tells from when to when there is something, and of which lanes', async () => {
    const { agent, port } = await serve();
    agent.history = new FakeHistory();
    const { body } = await ask(port, '/api/history');
    expect(JSON.parse(body)).toEqual({ schema: 1, span: { sinceMs, untilMs }, lanes: [name] });
  });

  it.each([
    '2026-11-20T11:00:00Z',
    '2026-11-20T12:00:00.5%2B01:00',
    '2026-11-20T12:00:00+01:00',
    '1795172400',
    '1795172400.25',
  ])('is the report of %s', async (at) => {
    const { agent, port } = await serve();
    agent.history = new FakeHistory();
    expect(JSON.parse((await ask(port, `/api/history?at=${at}`)).body)).toEqual(then);
  });

  it('says from when to when there is something where there is nothing', async () => {
    const { agent, port } = await serve();
    agent.history = new FakeHistory();
    const answer = await ask(port, '/api/history?at=2026-11-20T13:00:00Z');
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toEqual({
      code: 'not-sampled',
      message: 'nothing was sampled in the two minutes before 2026-11-20T13:00:00.000Z',
      hint: 'There is history from 2026-11-20T10:00:00.000Z to 2026-11-20T12:00:00.000Z.',
    });
  });

  it('has lanes over time, those that match', async () => {
    const { agent, port } = await serve();
    const history = new FakeHistory();
    agent.history = history;
    const ends = 'source=10.0.0.0/8&destination=*&port=8080&rows=100';
    const query = `since=2026-11-20T10:00:00Z&until=2026-11-20T11:00:00Z&namespace=host&${ends}`;
    expect(JSON.parse((await ask(port, `/api/history?${query}`)).body)).toEqual([series]);
    expect(history.asked[0]).toMatchObject({ namespace: 'host', sinceMs, untilMs: sinceMs + 3_600_000, mostRows: 100 });
    expect(JSON.parse((await ask(port, '/api/history?port=80')).body)).toEqual([]);
    expect(JSON.parse((await ask(port, '/api/history?source=10.0.0.6')).body)).toEqual([]);
  });

  it('says that none is kept', async () => {
    const { port } = await serve();
    const answer = await ask(port, '/api/history');
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'no-history']);
  });
});

describe('/metrics', () => {
  const metrics = {
    negotiateFormat: (accept: string | undefined) => (accept === undefined ? 'text' : 'open'),
    render: async (format: unknown) => ({ contentType: `text/${format}`, body: `is ${format}\n`.repeat(500) }),
  };

  it('is what the metrics give in the format that is asked for', async () => {
    const { port, url } = await serve({}, { metrics });
    const plain = await ask(port, '/metrics');
    expect([plain.status, plain.headers.get('content-type'), plain.body.slice(0, 8)]).toEqual([
      200,
      'text/text',
      'is text\n',
    ]);
    const open = await ask(port, '/metrics', ['Accept: openmetrics', 'Accept-Encoding: gzip;q=0']);
    expect([open.headers.get('content-type'), open.headers.has('content-encoding')]).toEqual(['text/open', false]);
    const zipped = await fetch(`${url}metrics`, { headers: { 'accept-encoding': 'gzip' } });
    expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual([
      'gzip',
      'Accept, Accept-Encoding',
    ]);
    expect(await zipped.text()).toBe('is open\n'.repeat(500));
  });

  it('renders once for scrapes that come together', async () => {
    let [asked, rendered] = [0, 0];
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = {
      negotiateFormat: (accept: string | undefined): string => {
        asked += 1;
        return metrics.negotiateFormat(accept);
      },
      render: async (format: unknown) => {
        rendered += 1;
        await finished;
        return metrics.render(format);
      },
    };
    const { port } = await serve({}, { metrics: slow });
    const scrapes = Array.from({ length: 10 }, () => ask(port, '/metrics'));
    await eventually(() => asked).toBe(10);
    finish();
    expect((await Promise.all(scrapes)).map(({ status }) => status)).toEqual(new Array(10).fill(200));
    expect(rendered).toBe(1);
  });
});

describe('every route', () => {
  it.each(['/', '/healthz', '/api/report'])('answers HEAD for %s as GET, without the body', async (path) => {
    const { port } = await serve();
    const [get, head] = [await ask(port, path), await ask(port, path, [], 'HEAD')];
    expect([head.status, head.body]).toEqual([get.status, '']);
    expect(head.headers.get('content-length')).toBe(`${Buffer.byteLength(get.body)}`);
  });

  it.each([
    [
      '/api/report?namspace=host',
      "there is no parameter 'namspace'",
      'Did you mean namespace? This path takes namespace, top.',
    ],
    ['/api/report?top=0', "top is '0', which is not a whole number from 1 to 1000", 'Write top=20.'],
    ['/api/report?top=1e3', "top is '1e3', which is not a whole number from 1 to 1000", 'Write top=20.'],
    ['/api/report?top=99999999999999999999', /^top is '9{20}', which/, 'Write top=20.'],
    ['/api/report?top=1&top=2', 'top is given twice', 'Write top once.'],
    ['/api/report?namespace=', "namespace is '', which is not the label of a namespace", 'Write namespace=host.'],
    ['/api/report?namespace=a%00b', /which is not the label/, 'Write namespace=host.'],
    ['/api/report?__proto__=1', "there is no parameter '__proto__'", /This path takes/],
    ['/api/report?constructor=1', "there is no parameter 'constructor'", /This path takes/],
    ['/api/report?=1', "there is no parameter ''", /This path takes/],
    ['/api/report?token=0123456789abcdef', "there is no parameter 'token'", /This path takes/],
    ['/api/ports?namespace=host', 'source is missing', 'Write source=10.0.0.5.'],
    [
      '/api/ports?namespace=host&source=x&destination=1.2.3.4&port=1',
      "source is 'x', which is not an IP address",
      /10/,
    ],
    ['/api/ports?namespace=host&source=0x7f.1&destination=1.2.3.4&port=1', /^source is '0x7f.1'/, /10/],
    [
      '/api/ports?namespace=host&source=1.2.3.4&destination=1.2.3.4&port=65536',
      /^port is '65536', which is not a port/,
      /8080/,
    ],
    ['/api/events?x=1', "there is no parameter 'x'", 'This path takes no parameters.'],
    ['/healthz?x=1', "there is no parameter 'x'", 'This path takes no parameters.'],
    ['/metrics?x=1', "there is no parameter 'x'", 'This path takes no parameters.'],
  ])('refuses %s', async (target, message, hint) => {
    const { port } = await serve();
    const answer = await ask(port, target);
    expect(answer.status).toBe(400);
    const error = errorOf(answer);
    expect(error.code).toBe('parameter');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(answer.body).not.toContain('0123456789abcdef');
  });

  it.each([
    ['at=yesterday', /^at is 'yesterday', which is not an instant/],
    ['at=2026-02-30T00:00:00Z', /^at is '2026-02-30T00:00:00Z'/],
    ['at=2026-13-01T00:00:00Z', /^at is '2026-13-01T00:00:00Z'/],
    ['at=-1', /^at is '-1'/],
    ['at=1&port=80', 'at and port cannot be combined'],
    ['since=2&until=1', /^since is .* which is not before until/],
    ['rows=3601', /^rows is '3601', which is not a whole number from 2 to 3600/],
    ['source=10.0.0.0/33', /^source is '10.0.0.0\/33', which is not an IP address, a block/],
  ])('refuses /api/history?%s', async (query, message) => {
    const { agent, port } = await serve();
    agent.history = { span: () => null, at: () => null, series: () => [], close: () => {} };
    const answer = await ask(port, `/api/history?${query}`);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).message).toMatch(message);
  });
});
