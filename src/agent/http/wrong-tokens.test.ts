import { describe, expect, it } from 'vitest';
import { WrongTokens } from './wrong-tokens.ts';

describe('wrong tokens', () => {
  function clocked(): { wrong: WrongTokens; pass: (ms: number) => void } {
    let now = 0;
    return {
      wrong: new WrongTokens(() => now),
      pass: (ms) => {
        now += ms;
      },
    };
  }

  it('ten of one address in a minute make it wait until the minute is over', () => {
    const { wrong, pass } = clocked();
    for (let count = 0; count < 9; count += 1) wrong.add('10.0.0.1');
    expect(wrong.secondsToWait('10.0.0.1')).toBe(0);
    wrong.add('10.0.0.1');
    expect(wrong.secondsToWait('10.0.0.1')).toBe(60);
    expect(wrong.secondsToWait('10.0.0.2')).toBe(0);
    pass(59_500);
    expect(wrong.secondsToWait('10.0.0.1')).toBe(1);
    pass(500);
    expect(wrong.secondsToWait('10.0.0.1')).toBe(0);
    wrong.add('10.0.0.1');
    expect(wrong.secondsToWait('10.0.0.1')).toBe(0);
  });

  it('that come slowly make nobody wait', () => {
    const { wrong, pass } = clocked();
    for (let count = 0; count < 100; count += 1) {
      wrong.add('10.0.0.1');
      expect(wrong.secondsToWait('10.0.0.1')).toBe(0);
      pass(7_000);
    }
  });

  it('of one IPv6 network count as one', () => {
    const { wrong } = clocked();
    for (let count = 0; count < 10; count += 1) wrong.add(`2001:db8::${count}`);
    expect(wrong.secondsToWait('2001:db8::ffff')).toBe(60);
    expect(wrong.secondsToWait('2001:db8:0:1::1')).toBe(0);
  });

  it('of IPv4 addresses in IPv6 form count by themselves', () => {
    const { wrong } = clocked();
    for (let count = 0; count < 10; count += 1) wrong.add(`::ffff:10.0.0.${count}`);
    expect(wrong.secondsToWait('::ffff:10.0.0.3')).toBe(0);
  });

  it('of very many addresses are forgotten, the oldest first', () => {
    const { wrong } = clocked();
    for (let count = 0; count < 10; count += 1) wrong.add('10.0.0.1');
    for (let count = 0; count < 1_023; count += 1) wrong.add(`10.1.${count >> 8}.${count & 255}`);
    expect(wrong.secondsToWait('10.0.0.1')).toBe(60);
    wrong.add('10.2.0.0');
    expect(wrong.secondsToWait('10.0.0.1')).toBe(0);
  });
});
