import { describe, expect, it } from 'vitest';
import { nearNames } from './near-names.ts';

describe('the names most like a mistyped one', () => {
  it('come first, exchanged neighbours counting once', () => {
    expect(nearNames('pord', ['test', 'prod', 'port', 'production'], 3)).toEqual(['port', 'prod', 'test']);
    expect(nearNames('pord1', ['prod11', 'prod1', 'ord'], 9)).toEqual(['prod1', 'ord', 'prod11']);
    expect(nearNames('x', [], 3)).toEqual([]);
  });
});
