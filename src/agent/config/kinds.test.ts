import { describe, expect, it } from 'vitest';
import {
  CPU_SHARE,
  FILE,
  HISTORY,
  HISTORY_SIZE,
  HOST_NAME,
  INTERVAL,
  LANES,
  listOf,
  NAMESPACES,
  SWITCH,
} from './kinds.ts';

describe('what a setting may be', () => {
  it.each([
    [SWITCH, { on: true, true: true, yes: true, off: false, false: false, no: false }, ['', 'On', '1', 'onn']],
    [INTERVAL, { '1s': 1, '60s': 60, '1m': 60, '1.5s': 1.5 }, ['0.9s', '61s', '5', '', '1h', '-1s', 'NaNs']],
    [CPU_SHARE, { '1%': 0.01, '0.1%': 0.001, '100%': 1, '2.5 %': 0.025 }, ['1', '0%', '101%', '0.01', '%', '1e1%']],
    [LANES, { 1: 1, 50: 50, 1000: 1_000 }, ['0', '1001', '1.5', '1k', '', '-1']],
    [
      HISTORY,
      { on: 'on', true: 'on', off: 'off', no: 'off', '/a b/c': '/a b/c', './on': './on' },
      ['', 'a\nb', '\u202e'],
    ],
    [FILE, { none: 'none', '/run/token': '/run/token' }, ['', 'a\0b']],
    [
      HISTORY_SIZE,
      { '256MB': 256e6, '16 MB': 16e6, '1GiB': 2 ** 30, '1TB': 1e12, '1.5GB': 1.5e9 },
      ['15MB', '2TB', '256', '1G', 'MB'],
    ],
    [
      NAMESPACES,
      { auto: 'auto', all: 'all', own: 'own', 'web, host,web': ['web', 'host'], '/run/netns/all': ['/run/netns/all'] },
      ['', ',', 'all,web', 'web,', 'a\u001bb'],
    ],
    [
      listOf(HOST_NAME),
      { '': [], 'Proxy,10.0.0.5': ['proxy', '10.0.0.5'], '::1': ['::1'], 'a:80,[::1]:80': ['a:80', '[::1]:80'] },
      ['a,,b', 'a b', ':80', 'a:b', '*'],
    ],
  ])('case %#', (kind, right, wrong) => {
    for (const [text, value] of Object.entries(right)) expect(kind.read(text), text).toEqual(value);
    for (const text of wrong) expect(kind.read(text), text).toBeUndefined();
  });
});
