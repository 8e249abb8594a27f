import { JSON_HEADERS } from '../refusal.ts';
import type { Answer } from '../route.ts';

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, headers: JSON_HEADERS, body: `${JSON.stringify(value)}\n` };
}
