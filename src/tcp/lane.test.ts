import { describe, expect, it } from 'vitest';
import { formatEndpoint, formatLane } from './lane.ts';

describe('the text of a lane', () => {
  it.each([
    ['10.0.0.5', '10.0.1.9', 8080, '10.0.0.5>10.0.1.9:8080'],
    ['2001:db8::5', '2001:db8::9', 443, '2001:db8::5>[2001:db8::9]:443'],
    ['fe80::1%eth0', 'fe80::2%eth0', 80, 'fe80::1%eth0>[fe80::2%eth0]:80'],
  ])('of %s to %s port %i', (source, destination, port, text) => {
    expect(formatLane({ source, destination, port })).toBe(text);
    expect(text.endsWith(`>${formatEndpoint(destination, port)}`)).toBe(true);
  });
});
