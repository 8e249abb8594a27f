import type { ServerResponse } from 'node:http';
import { Hono } from 'hono';
import type { AnswerMemory } from './answer-memory.ts';
import { accepts, gzipped, isLong } from './content-coding.ts';
import type { Visit } from './guard.ts';
import { Refusal, refusalHeaders, refusalJson, unforeseen } from './refusal.ts';
import type { Answer, Route } from './route.ts';

/** What a request brings with it into the application. */
export interface AppBindings {
  readonly Bindings: { readonly visit: Visit; readonly outgoing: ServerResponse };
}

/**
 * Answers what has been examined already.
 *
 * @param page answers each path that is no route's
 * @param failed is told of what nobody foresaw
 */
export function createApp(
  routes: readonly Route[],
  page: Route,
  memory: AnswerMemory,
  failed: (path: string, error: unknown) => void,
): Hono<AppBindings> {
  const app = new Hono<AppBindings>();
  const answered = async (route: Route, { visit, outgoing }: AppBindings['Bindings']): Promise<Response> => {
    const answer = await compressed(await route.answer(visit), visit);
    memory.reserve(outgoing, answer.body.length);
    return response(answer);
  };
  for (const route of routes) app.get(route.path, ({ env }) => answered(route, env));
  app.get('*', ({ env }) => answered(page, env));
  app.onError((error, { env }) => {
    if (error instanceof Refusal) return refused(error);
    failed(env.visit.path, error);
    return refused(unforeseen());
  });
  return app;
}

export function refused(refusal: Refusal): Response {
  return new Response(refusalJson(refusal), { status: refusal.status, headers: refusalHeaders(refusal) });
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

function response({ status, headers, body }: EncodedAnswer): Response {
  // What 304 tells of a length would be that of the answer it stands for.
  const length = status === 304 ? {} : { 'Content-Length': `${body.length}` };
  return new Response(body.length === 0 ? null : body, { status, headers: { ...headers, ...length } });
}
