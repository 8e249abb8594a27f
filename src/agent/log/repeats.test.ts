import { describe, expect, it, vi } from 'vitest';
import type { AgentEvent } from '../agent-event.ts';
import { Repeats } from './repeats.ts';

const event = (name: string, subject?: string, message = 'full'): AgentEvent => ({
  level: 'warning',
  event: name,
  subject,
  message,
});

describe('events that repeat', () => {
  it('come through once, and then with how often they were told', async () => {
    const told: AgentEvent[] = [];
    const repeats = new Repeats((one) => void told.push(one), 50);
    for (const message of ['first', 'second', 'third']) repeats.add(event('a', 'x', message));
    expect(told.map(({ message }) => message)).toEqual(['first']);
    await vi.waitFor(() => expect(told).toHaveLength(2));
    expect(told[1]).toMatchObject({
      message: 'third (2 times more within 0 s)',
      fields: { repeated: 2 },
    });
    repeats.flush();
    expect(told).toHaveLength(2);
  });

  it('are apart where they are about something else, or something else happened', () => {
    const told: AgentEvent[] = [];
    const repeats = new Repeats((one) => void told.push(one), 60_000);
    const all = [event('a'), event('b'), event('a', 'x'), event('a', 'y')];
    for (const one of [...all, ...all]) repeats.add(one);
    expect(told).toEqual(all);
    repeats.flush();
    expect(told.slice(4).map(({ message }) => message)).toEqual(Array(4).fill('full (once more within 60 s)'));
  });

  it('are told again when their while is over, and not before', async () => {
    const told: AgentEvent[] = [];
    const repeats = new Repeats((one) => void told.push(one), 20);
    repeats.add(event('a'));
    // Each time it is told, or counted for the next time.
    await vi.waitFor(() => {
      repeats.add(event('a'));
      expect(told.length).toBeGreaterThan(3);
    });
    repeats.flush();
    const repeated = told.reduce((sum, { fields }) => sum + Number(fields?.repeated ?? 1), 0);
    expect(repeated).toBeGreaterThanOrEqual(told.length);
  });

  it('take no more memory the more subjects there are, and none is lost', () => {
    let told = 0;
    const repeats = new Repeats(({ fields }) => {
      told += Number(fields?.repeated ?? 1);
    }, 60_000);
    for (let subject = 0; subject < 5_000; subject += 1) {
      repeats.add(event('a', `${subject}`));
      repeats.add(event('a', `${subject}`));
    }
    expect(told).toBe(5_000 + 4_000);
    repeats.flush();
    expect(told).toBe(10_000);
  });
});
