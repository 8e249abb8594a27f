import type { Socket } from 'node:net';
import { connection, ended } from './http-agent.ts';

/** A reader of an agent's events. */
export interface EventReader {
  readonly socket: Socket;
  /** The status and headers; empty until they have come. */
  readonly head: string;
  /** The data of all events of a name that have come. */
  events<T>(name: string): readonly T[];
  readonly comments: number;
  readonly ended: Promise<void>;
}

export function readEvents(port: number): EventReader {
  const socket = connection(port);
  // HTTP/1.0 knows no chunks: what comes after the headers are the events as they are.
  socket.write(`GET /api/events HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  const data = new Map<string, unknown[]>();
  const reader = {
    socket,
    head: '',
    comments: 0,
    ended: ended(socket),
    events: (name: string) => data.get(name) ?? [],
  };
  const take = (block: string): void => {
    const [, name, json] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
    if (name !== undefined && json !== undefined) data.set(name, [...(data.get(name) ?? []), JSON.parse(json)]);
    if (block.startsWith(':')) reader.comments += 1;
  };
  let rest = '';
  socket.on('data', (chunk) => {
    rest += chunk;
    const headEnds = rest.indexOf('\r\n\r\n');
    if (reader.head === '' && headEnds < 0) return;
    if (reader.head === '') [reader.head, rest] = [rest.slice(0, headEnds), rest.slice(headEnds + 4)];
    const blocks = rest.split('\n\n');
    rest = blocks.pop() as string;
    for (const block of blocks) take(block);
  });
  return reader as EventReader;
}
