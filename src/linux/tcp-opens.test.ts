import { describe, expect, it } from 'vitest';
import { hold, serve } from '../../test/kit/connections.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { parseTcpOpens, readTcpOpens } from './tcp-opens.ts';

describe('the count of opens', () => {
  it('is found by its name', () => {
    expect(parseTcpOpens('Tcp: InSegs ActiveOpens\nTcp: 5 7\nUdp: OutSegs\nUdp: 9\n')).toBe(7);
  });

  it.each([
    ['nothing', ''],
    ['a kernel that lacks it', 'Tcp: OutSegs\nTcp: 7\n'],
    ['no number', 'Tcp: ActiveOpens\nTcp: x\n'],
  ])('is not known from %s', (_, text) => expect(parseTcpOpens(text)).toBeNull());

  describe('of a namespace', () => {
    usesPrivateNamespace();

    it('is its own, of the ends that began', () => {
      expect(readTcpOpens()).toBe(0);
      hold(10, serve('127.0.0.1', 9000));
      expect(readTcpOpens()).toBe(10);
    });
  });
});
