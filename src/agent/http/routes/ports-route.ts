import * as v from 'valibot';
import type { AgentView } from '../../agent-view.ts';
import { address, device, namespace, port } from '../query-values.ts';
import { Refusal } from '../refusal.ts';
import { queried, type Route } from '../route.ts';
import { jsonAnswer } from './json-answer.ts';

export function portsRoute(view: AgentView): Route {
  const entries = { namespace, source: address, destination: address, port, device: v.optional(device) };
  return queried('/api/ports', entries, (query) => {
    const map = view.portMap({ ...query, device: query.device ?? null });
    if (map !== null) return jsonAnswer(map);
    throw new Refusal('not-sampled', 'the last sample has no such lane', {
      hint: 'Copy the labels of a lane as /api/report has them; one bound to an interface needs device too.',
    });
  });
}
