import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
// The same with a router that takes less memory.
import { Hono } from 'hono/tiny';
import type { AnswerMemory } from './answer-memory.ts';
import { accepts, gzipped, isLong } from './content-coding.ts';
import type { Visit } from './guard.ts';
import type { Answer, Route } from './route.ts';

/** What a request brings with it into the application. */
export interface AppBindings {
  readonly Bindings: { readonly visit: Visit; readonly outgoing: ServerResponse };
}

/**
 * Answers what has been examined already. What a route throws, it throws on.
 *
 * @param page answers each path that is no route's
 */
export function createApp(routes: readonly Route[], page: Route, memory: AnswerMemory): Hono<AppBindings> {
  const app = new Hono<AppBindings>();
  const answered = async (route: Route, { visit, outgoing }: AppBindings['Bindings']): Promise<Response> => {
    const answer = await compressed(await route.answer(visit), visit);
    memory.reserve(outgoing, answer.body.length);
    send(outgoing, answer);
    // A Response would copy the body, more than once.
    return RESPONSE_ALREADY_SENT;
  };
  for (const route of routes) app.get(route.path, ({ env }) => answered(route, env));
  app.get('*', ({ env }) => answered(page, env));
  app.onError((error) => {
    throw error;
  });
  return app;
}

interface EncodedAnswer extends Answer {
  readonly body: Buffer;
}

async function compressed({ status, headers, body }: Answer, visit: Visit): Promise<EncodedAnswer> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const isEncoded = headers['Content-Encoding'] !== undefined;
  if (isEncoded || !isLong(bytes) || !accepts(visit.headers['accept-encoding'], 'gzip')) {
    return { status, headers, body: bytes };
  }
  const vary = headers.Vary === undefined ? 'Accept-Encoding' : `${headers.Vary}, Accept-Encoding`;
  return { status, headers: { ...headers, 'Content-Encoding': 'gzip', Vary: vary }, body: await gzipped(bytes) };
}

function send(outgoing: ServerResponse, { status, headers, body }: EncodedAnswer): void {
  // What 304 tells of a length would be that of the answer it stands for.
  const length = status === 304 ? {} : { 'Content-Length': body.length };
  outgoing.writeHead(status, { ...headers, ...length });
  outgoing.end(body);
}
