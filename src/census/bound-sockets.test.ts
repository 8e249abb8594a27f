import { describe, expect, it } from 'vitest';
import { viewOf } from '../../test/kit/fake-sockets.ts';
import { ipv6Only } from '../../test/kit/inet-diag-encoder.ts';
import { at, listener } from '../../test/kit/scans.ts';
import { isBoundTo, toBoundSocket } from './bound-sockets.ts';

interface Case {
  /** Where the listener is bound. */
  readonly on: string;
  readonly only6?: boolean;
  readonly device?: number;
  /** Where a connection comes to. */
  readonly to: string;
  readonly by?: number;
  readonly takes: boolean;
}

// What `inet_lookup_listener()` and `inet6_lookup_listener()` would find.
const cases: Case[] = [
  { on: '10.0.0.5', to: '10.0.0.5', takes: true },
  { on: '10.0.0.5', to: '10.0.0.6', takes: false },
  { on: '10.0.0.5', to: '::ffff:10.0.0.5', takes: true },
  { on: '::ffff:10.0.0.5', to: '10.0.0.5', takes: true },
  { on: '0.0.0.0', to: '10.0.0.5', takes: true },
  { on: '0.0.0.0', to: '::ffff:10.0.0.5', takes: true },
  { on: '0.0.0.0', to: '2001:db8::5', takes: false },
  { on: '::', to: '2001:db8::5', takes: true },
  { on: '::', to: '10.0.0.5', takes: true },
  { on: '::', only6: true, to: '10.0.0.5', takes: false },
  { on: '::', only6: true, to: '2001:db8::5', takes: true },
  { on: '::', only6: false, to: '10.0.0.5', takes: true },
  { on: '::ffff:0.0.0.0', to: '10.0.0.5', takes: true },
  { on: '::ffff:0.0.0.0', to: '2001:db8::5', takes: false },
  { on: '2001:db8::5', to: '2001:db8::5', takes: true },
  { on: '2001:db8::5', only6: true, to: '2001:db8::5', takes: true },
  { on: '2001:db8::5', to: '2001:db8::6', takes: false },
  { on: '10.0.0.5', device: 2, to: '10.0.0.5', by: 2, takes: true },
  { on: '10.0.0.5', device: 2, to: '10.0.0.5', by: 3, takes: false },
  { on: '0.0.0.0', device: 2, to: '10.0.0.5', takes: false },
  { on: '0.0.0.0', to: '10.0.0.5', by: 2, takes: true },
  { on: '::', device: 2, to: 'fe80::5', by: 2, takes: true },
  { on: '::', device: 2, to: 'fe80::5', by: 3, takes: false },
];

describe('a listener', () => {
  it.each(cases)('on $on (IPv6 only: $only6, device $device) takes what comes to $to by device $by: $takes', (row) => {
    const attributes = row.only6 === undefined ? [] : [ipv6Only(row.only6)];
    const socket = viewOf(listener(row.on, 8080, { attributes, interfaceIndex: row.device ?? 0 }));
    expect(isBoundTo(toBoundSocket(socket, 'listener'), at(row.to), row.by ?? 0)).toBe(row.takes);
  });

  it('is kept apart from the view that it was copied from', () => {
    const first = toBoundSocket(viewOf(listener('10.0.0.5', 8080, { inode: 11 })), 'listener');
    toBoundSocket(viewOf(listener('2001:db8::5', 9090, { inode: 12 })), 'bound-idle');
    expect(first).toMatchObject({ kind: 'listener', address: at('10.0.0.5'), port: 8080, inode: 11, ipv6Only: false });
  });
});
