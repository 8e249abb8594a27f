import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';

it('passes', () => expect(1).toBe(1));
it('fails', () => expect(1).toBe(2));
it.todo('is still to do');
it.runIf(false)('is skipped', () => {});

describe('a suite that needs what nobody has', () => {
  needsPrograms('node', 'no-such-program', 'nor-this-one');
  it('does not run', () => expect(1).toBe(2));
});
