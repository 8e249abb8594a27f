import { describe, expect, it } from 'vitest';
import { parseEventLine, parseSocketEnds } from './tracefs-event.ts';

const EVENT = 'inet_sock_set_state';
const TEXT =
  'family=AF_INET protocol=IPPROTO_TCP sport=0 dport=6379 saddr=10.0.0.5 daddr=10.0.1.9 saddrv6=::ffff:10.0.0.5 daddrv6=::ffff:10.0.1.9 oldstate=TCP_SYN_SENT newstate=TCP_CLOSE';
const V6 =
  'family=AF_INET6 protocol=IPPROTO_TCP sport=0 dport=443 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=2001:db8::5 daddrv6=fe80::9 oldstate=TCP_SYN_SENT newstate=TCP_CLOSE';

describe('a line of trace_pipe', () => {
  it.each([
    ['as Linux 6 writes it', `         python3-23925   [001] .....  3187.621911: ${EVENT}: `, 'python3', 23_925],
    ['as Linux 4 writes it', `         python3-925   [001] ....  3187.621911: ${EVENT}: `, 'python3', 925],
    ['with the process', `         python3-23966   (  23925) [001] .....  3187.623433: ${EVENT}: `, 'python3', 23_966],
    [
      'with an unknown process',
      `           <...>-23966   (-------) [101] d.h1.  3187.623433: ${EVENT}: `,
      '<...>',
      23_966,
    ],
    ['of a name with spaces', `  Socket Thread-7   [000] .....  1.0: ${EVENT}: `, 'Socket Thread', 7],
    ['of a name with dashes', `   redis-benchmark-4711  [000] .....  1.0: ${EVENT}: `, 'redis-benchmark', 4_711],
    ['of a name like a line', `   x-1 [0] .. 1: -4711  [000] .....  1.0: ${EVENT}: `, 'x-1 [0] .. 1: ', 4_711],
  ])('tells thread and name: %s', (_, head, name, thread) => {
    expect(parseEventLine(head + TEXT, EVENT)).toEqual({ name, thread, text: TEXT });
  });

  it.each([
    'CPU:1 [LOST 4711 EVENTS]',
    '',
    `python3-925 [001] .... 1.0: sched_switch: ${TEXT}`,
    `no thread: ${EVENT}: ${TEXT}`,
  ])('is of no such event: %s', (line) => {
    expect(parseEventLine(line, EVENT)).toBeNull();
  });
});

describe('the ends of a socket', () => {
  it('are in canonical text, IPv4 without its prefix', () => {
    expect(parseSocketEnds(TEXT)).toEqual({ source: '10.0.0.5', destination: '10.0.1.9', port: 6379 });
    expect(parseSocketEnds(V6)).toEqual({ source: '2001:db8::5', destination: 'fe80::9', port: 443 });
  });

  it('are not in another text', () => {
    expect(parseSocketEnds('prev_comm=swapper dport=1')).toBeNull();
  });
});
