import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { Sample } from '../../src/agent/sample.ts';
import { finding, LANE, namespaceSample, sampleOf } from '../kit/agent-view.ts';
import { type EventReader, readEvents } from '../kit/event-reader.ts';
import { eventually } from '../kit/eventually.ts';
import { ask, connection, ended, errorOf, servesAgents } from '../kit/http-agent.ts';

const serve = servesAgents();

function sampleAt(second: number): Sample {
  return sampleOf([namespaceSample([LANE])], new Date(1_795_000_000_000 + second * 1_000).toISOString());
}

function timesOf(reader: EventReader): readonly string[] {
  return reader.events<Sample>('sample').map(({ takenAt }) => takenAt);
}

describe('/api/events', () => {
  it('begins with the latest of each kind, and goes on as they come', async () => {
    const { agent, port } = await serve();
    const reader = readEvents(port);
    await eventually(() => reader.events('findings')).toHaveLength(1);
    const none = { lanes: 0, blockers: 0, counted: 0 };
    expect(reader.events('sample')).toEqual([{ ...agent.sample, leftOut: { namespaces: 0, ...none } }]);
    expect(reader.events('findings')).toEqual([{ ...agent.findings, leftOut: { findings: 0 } }]);
    expect(reader.head).toMatch(/content-type: text\/event-stream; charset=utf-8\r\n/i);
    expect(reader.head).toMatch(/cache-control: no-store\r\n/i);
    agent.take(sampleAt(1));
    agent.find({ takenAt: sampleAt(1).takenAt, findings: [] });
    agent.take(sampleAt(2));
    const times = [sampleOf([]), sampleAt(1), sampleAt(2)].map(({ takenAt }) => takenAt);
    await eventually(() => timesOf(reader)).toEqual(times);
    expect(reader.events('findings')).toHaveLength(2);
  });

  it('waits for the first where there is none yet', async () => {
    const { agent, port } = await serve();
    [agent.sample, agent.findings] = [null, null];
    const reader = readEvents(port);
    await eventually(() => agent.listeners.size).toBe(1);
    agent.take(sampleAt(1));
    await eventually(() => timesOf(reader)).toEqual([sampleAt(1).takenAt]);
  });

  it('says now and then that it is still there', async () => {
    const { port } = await serve({}, { limits: { commentMs: 10 } });
    const reader = readEvents(port);
    await eventually(() => reader.comments).toBeGreaterThan(3);
  });

  it('is read by what browsers read it with', async () => {
    const { agent, url } = await serve();
    const response = await fetch(`${url}api/events`);
    const stream = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('event: findings')) text += Buffer.from((await stream.read()).value ?? []).toString();
    expect(text.startsWith('retry: 3000\n\nevent: sample\ndata: {')).toBe(true);
    await stream.cancel();
    await eventually(() => agent.listeners.size).toBe(0);
  });

  it('has no events for HEAD', async () => {
    const { agent, port } = await serve();
    const { status, body } = await ask(port, '/api/events', [], 'HEAD');
    expect([status, body, agent.listeners.size]).toEqual([200, '', 0]);
  });

  it('gives 50 readers all of 20 events, each made once', async () => {
    const { agent, port } = await serve();
    const readers = Array.from({ length: 50 }, () => readEvents(port));
    await eventually(() => readers.every((reader) => timesOf(reader).length === 1)).toBe(true);
    expect(agent.listeners.size).toBe(1);
    const made = vi.spyOn(JSON, 'stringify');
    for (let second = 0; second < 20; second += 1) agent.take(sampleAt(second));
    const calls = made.mock.calls.length;
    made.mockRestore();
    // One for the namespace, one for the rest.
    expect(calls).toBe(40);
    const wanted = Array.from({ length: 20 }, (_, second) => sampleAt(second).takenAt);
    for (const reader of readers) await eventually(() => timesOf(reader).slice(1)).toEqual(wanted);
  });

  it('drops who does not read, while the others go on, and says so', async () => {
    const { agent, port, told } = await serve({}, { limits: { queueBytes: 200_000 } });
    const [slow, quick] = [readEvents(port), readEvents(port)];
    await eventually(() => timesOf(slow).length + timesOf(quick).length).toBe(2);
    slow.socket.pause();
    const large = { ...sampleAt(0), notes: ['x'.repeat(100_000)] };
    let sent = 0;
    // What the kernel takes for a socket is some megabytes: it is full in the end.
    while (told.length === 0 && sent < 1_000) {
      agent.take({ ...large, takenAt: sampleAt(sent).takenAt });
      sent += 1;
      await eventually(() => timesOf(quick)).toHaveLength(1 + sent);
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      code: 'readers-dropped',
      message: /^a reader of events from 127.0.0.1 was dropped: \d+ bytes waited for it$/,
    });
    expect(Number(/\d+(?= bytes)/.exec(told[0]?.message ?? '')?.[0])).toBeLessThan(200_000);
    slow.socket.resume();
    await slow.ended;
    agent.take(sampleAt(5_000));
    await eventually(() => timesOf(quick).at(-1)).toBe(sampleAt(5_000).takenAt);
    expect(agent.listeners.size).toBe(1);
  });

  it('drops who has something waiting for too long', async () => {
    const { agent, port, told } = await serve({}, { limits: { queueBytes: 100_000_000, behindMs: 50 } });
    const slow = readEvents(port);
    await eventually(() => timesOf(slow)).toHaveLength(1);
    slow.socket.pause();
    const large = { ...sampleAt(0), notes: ['x'.repeat(500_000)] };
    const taken = (): string[] => {
      agent.take({ ...large });
      return told.map(({ code }) => code);
    };
    await eventually(taken).toEqual(['readers-dropped']);
    slow.socket.resume();
    await slow.ended;
    await eventually(() => agent.listeners.size).toBe(0);
  });

  it('has so many readers and no more', async () => {
    const { port } = await serve({}, { limits: { readers: 2 } });
    const readers = [readEvents(port), readEvents(port)];
    await eventually(() => readers.every((reader) => timesOf(reader).length === 1)).toBe(true);
    const answer = await ask(port, '/api/events');
    expect([answer.status, answer.headers.get('retry-after'), errorOf(answer).code]).toEqual([
      503,
      '10',
      'too-many-readers',
    ]);
    expect((await ask(port, '/api/report')).status).toBe(200);
    readers[0]?.socket.destroy();
    await eventually(async () => (await ask(port, '/api/events', [], 'HEAD')).status).toBe(200);
  });

  it('keeps nothing of those that have gone', async () => {
    const { agent, port } = await serve();
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    for (let round = 0; round < 6; round += 1) {
      const readers = Array.from({ length: 50 }, () => readEvents(port));
      await eventually(() => readers.every((reader) => timesOf(reader).length === 1)).toBe(true);
      expect(agent.listeners.size).toBe(1);
      for (const [index, { socket }] of readers.entries()) {
        if (index % 3 === 0) socket.resetAndDestroy();
        else if (index % 3 === 1) socket.end();
        else socket.destroy();
      }
      await Promise.all(readers.map((reader) => reader.ended));
      await eventually(() => agent.listeners.size).toBe(0);
    }
    await eventually(sockets).toBeLessThanOrEqual(before);
    const reader = readEvents(port);
    await eventually(() => timesOf(reader)).toHaveLength(1);
  });

  it('fails neither the agent nor the other readers where a sample cannot be written', async () => {
    const { agent, port, told } = await serve();
    const reader = readEvents(port);
    await eventually(() => timesOf(reader)).toHaveLength(1);
    agent.take({ ...sampleAt(1), host: { name: 1n as never, kernel: null } });
    agent.take(sampleAt(2));
    await eventually(() => timesOf(reader)).toHaveLength(2);
    expect(told.map(({ code }) => code)).toEqual(['request-failed']);
  });

  it('shows findings as they were found, the worst where there are too many', async () => {
    const { agent, port } = await serve({}, { limits: { findingsEventBytes: 5_000 } });
    const findings = Array.from({ length: 100 }, (_, index) => finding(`code-${index}`));
    agent.findings = { takenAt: sampleAt(0).takenAt, findings };
    const reader = readEvents(port);
    await eventually(() => reader.events('findings')).toHaveLength(1);
    const [event] = reader.events<{ findings: unknown[]; leftOut: { findings: number } }>('findings');
    expect(event?.findings).toEqual(findings.slice(0, event?.findings.length));
    expect((event?.findings.length ?? 0) + (event?.leftOut.findings ?? 0)).toBe(100);
    expect(event?.leftOut.findings).toBeGreaterThan(50);
  });
});

describe('the end of an agent', () => {
  it('is told to all that are connected, and waits for none of them', async () => {
    const { agent, port, close } = await serve({}, { limits: { closeMs: 200 } });
    agent.reportIs = () => new Promise(() => {});
    const reader = readEvents(port);
    await eventually(() => timesOf(reader)).toHaveLength(1);
    const stuck = readEvents(port);
    await eventually(() => timesOf(stuck)).toHaveLength(1);
    stuck.socket.pause();
    for (let count = 0; count < 2; count += 1) agent.take({ ...sampleAt(count), notes: ['x'.repeat(400_000)] });
    const [idle, silent, waiting] = [connection(port), connection(port), connection(port)];
    idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'data');
    waiting.write('GET /api/report HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => agent.reports).toBe(1);
    await close();
    expect(agent.listeners.size).toBe(0);
    stuck.socket.resume();
    await Promise.all([reader.ended, stuck.ended, ended(idle), ended(silent), ended(waiting)]);
    await eventually(() => process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
    await close();
  });
});
