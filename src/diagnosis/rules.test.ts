import { describe, expect, it } from 'vitest';
import { HEALTHY } from '../../test/kit/rule-scenes.ts';
import { RULES } from './rules.ts';

describe('every rule', () => {
  it('has a code of its own', () => {
    expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length);
  });

  describe.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (_, rule) => {
    it.each([...HEALTHY])('is silent on %s', (_name, scene) => {
      expect([...rule.examine(scene)]).toEqual([]);
    });
  });
});
