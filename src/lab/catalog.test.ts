import { describe, expect, it } from 'vitest';
import { REMEDIES } from '../remedies/catalog.ts';
import { EXPERIMENTS } from './catalog.ts';

describe('the experiments', () => {
  it('have names of their own, as one types them', () => {
    const names = EXPERIMENTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each(EXPERIMENTS)('$name asks a question', ({ question }) => expect(question).toMatch(/^[A-Z].+\?$/));

  it.each(EXPERIMENTS)('$name names remedies that there are', ({ remedies }) => {
    expect(REMEDIES.map(({ id }) => id)).toEqual(expect.arrayContaining([...remedies]));
  });

  it.each(REMEDIES)('$id is put to the test', ({ id }) => {
    expect(EXPERIMENTS.filter(({ remedies }) => remedies.includes(id))).not.toEqual([]);
  });
});
