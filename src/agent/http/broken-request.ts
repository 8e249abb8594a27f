import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal, refusalHeaders, refusalJson } from './refusal.ts';
import { SAFETY_HEADERS } from './safety-headers.ts';

/** Answers what Node's parser could not read as a request, and ends the connection. */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.writableLength > 0 || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error.code);
  const headers = { ...SAFETY_HEADERS, ...refusalHeaders(refusal) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${refusalJson(refusal)}`,
  );
  // Not end() alone: a client that never closes its side would keep the connection.
  socket.destroySoon();
}

function refusalOf(code: string | undefined): Refusal {
  const closes = true;
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('too-large', 'the headers are too long', { closes });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('too-slow', 'the request took too long to arrive', { closes });
    default:
      return new Refusal('bad-request', 'this is not an HTTP request', { closes });
  }
}
