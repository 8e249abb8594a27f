import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { excerpt } from '../../linux/printable.ts';
import type { AgentView } from '../agent-view.ts';
import type { ListenConfig } from '../config/agent-config.ts';
import { AnswerMemory } from './answer-memory.ts';
import { createApp } from './app.ts';
import type { EventReaders } from './event-readers.ts';
import { examine, type Visit } from './guard.ts';
import type { RareEvents } from './http-event.ts';
import type { HttpLimits } from './http-limits.ts';
import { readQuery } from './query.ts';
import { Refusal, unforeseen, writeRefusal } from './refusal.ts';
import type { MetricsSource } from './routes/metrics-route.ts';
import { pageRoute } from './routes/page-route.ts';
import { EVENTS_PATH, routesOf } from './routes/routes.ts';
import { SAFETY_HEADERS } from './safety-headers.ts';
import { TokenGate } from './token-gate.ts';
import { WebFiles } from './web-files.ts';
import { WrongTokens } from './wrong-tokens.ts';

/** What answering takes. */
export interface Answering<Format> {
  readonly view: AgentView;
  readonly config: ListenConfig;
  readonly webRoot: string | null;
  readonly metrics: MetricsSource<Format> | null;
  readonly limits: HttpLimits;
  readonly rare: RareEvents;
  readonly readers: EventReaders;
}

export type RequestHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Answers or refuses each request; whatever happens meanwhile, it never throws. */
export function requestHandler<Format>(answering: Answering<Format>): RequestHandler {
  const { config, limits, rare, readers } = answering;
  const gate = config.token === null ? null : new TokenGate(config.token, new WrongTokens(), rare);
  const answerByApp = appListener(answering);
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const visit = examine(incoming, config, gate, limits);
    if (visit.path !== EVENTS_PATH) return answerByApp(incoming, outgoing, visit);
    readQuery({}, visit.query);
    readers.add(outgoing);
  };
  const beingAnswered = new WeakSet<Socket>();
  return (incoming, outgoing) => {
    const { socket } = incoming;
    // Requests sent without waiting for answers would let one connection ask for any amount of them. No browser and no
    // Prometheus does that.
    if (beingAnswered.has(socket)) {
      socket.destroy();
      return;
    }
    beingAnswered.add(socket);
    outgoing.once('close', () => beingAnswered.delete(socket));
    // That somebody has gone before the end of an answer is no failure.
    outgoing.on('error', () => {});
    for (const [name, value] of Object.entries(SAFETY_HEADERS)) outgoing.setHeader(name, value);
    answer(incoming, outgoing).catch((error: unknown) => refuse(outgoing, error, rare));
  };
}

type AppListener = (incoming: IncomingMessage, outgoing: ServerResponse, visit: Visit) => Promise<void>;

function appListener<Format>({ view, metrics, webRoot, limits, rare }: Answering<Format>): AppListener {
  const page = pageRoute(new WebFiles(webRoot));
  const app = createApp(routesOf(view, metrics), page, new AnswerMemory(limits.answerBytes));
  const visits = new WeakMap<object, Visit>();
  const listener = getRequestListener(
    async (request, env) => {
      // Only HTTP/1 is served here.
      const [incoming, outgoing] = [env.incoming as IncomingMessage, env.outgoing as ServerResponse];
      try {
        return await app.fetch(request, { visit: visits.get(incoming) as Visit, outgoing });
      } catch (error) {
        // The library would write it to stderr, and its message to whoever asked.
        refuse(outgoing, error, rare);
        return RESPONSE_ALREADY_SENT;
      }
    },
    // The rest of the program keeps Node's own Request and Response.
    { overrideGlobalObjects: false },
  );
  return async (incoming, outgoing, visit) => {
    visits.set(incoming, visit);
    // It has been checked; the library would only make a URL of it, and fail where that writes it in another way.
    incoming.headers.host = 'localhost';
    await listener(incoming, outgoing);
  };
}

function refuse(outgoing: ServerResponse, error: unknown, rare: RareEvents): void {
  if (!(error instanceof Refusal)) {
    const reason = error instanceof Error ? error.message : String(error);
    // The query may hold a token.
    const [path = ''] = (outgoing.req.url ?? '').split('?', 1);
    rare.happened('request-failed', `${excerpt(path)} could not be answered: ${reason}`);
  }
  if (outgoing.headersSent) outgoing.destroy();
  else writeRefusal(outgoing, error instanceof Refusal ? error : unforeseen());
}
