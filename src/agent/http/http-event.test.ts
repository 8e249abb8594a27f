import { describe, expect, it } from 'vitest';
import { type HttpEvent, RareEvents } from './http-event.ts';

describe('rare events', () => {
  it('are told at once, then once a minute with how many there were, and at the end', () => {
    let now = 0;
    const told: HttpEvent[] = [];
    const rare = new RareEvents(
      (event) => told.push(event),
      () => now,
    );
    rare.happened('tokens-wrong', 'one');
    rare.happened('tokens-wrong', 'two');
    rare.happened('readers-dropped', 'other');
    now = 59_999;
    rare.happened('tokens-wrong', 'three');
    expect(told.splice(0)).toEqual([
      { code: 'tokens-wrong', message: 'one' },
      { code: 'readers-dropped', message: 'other' },
    ]);
    now = 60_000;
    rare.happened('tokens-wrong', 'four');
    expect(told.splice(0)).toEqual([{ code: 'tokens-wrong', message: 'four (the last of 3 since it was told)' }]);
    rare.happened('tokens-wrong', 'five');
    rare.flush();
    rare.flush();
    expect(told).toEqual([{ code: 'tokens-wrong', message: 'five' }]);
  });
});
