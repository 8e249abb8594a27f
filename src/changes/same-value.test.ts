import { describe, expect, it } from 'vitest';
import { isSameValue } from './same-value.ts';

describe('two values of a setting', () => {
  it.each([
    ['ip_local_port_range', '1024 65535', '1024\t65535\n'],
    ['ip_local_reserved_ports', '8080,8081,9000', '8080-8081,9000'],
    ['ip_local_reserved_ports', '9000, 8080', '8080,9000'],
    ['ip_local_reserved_ports', '', '\n'],
    ['ip_local_reserved_ports', 'nonsense', ' nonsense '],
    ['tcp_tw_reuse', null, null],
  ])('of %s mean the same: %j and %j', (setting, a, b) => {
    expect(isSameValue(setting, a, b)).toBe(true);
    expect(isSameValue(setting, b, a)).toBe(true);
  });

  it.each([
    ['ip_local_port_range', '1024 65535', '1024 65534'],
    ['ip_local_reserved_ports', '8080', '8080-8081'],
    ['ip_local_reserved_ports', '', null],
    ['ip_local_reserved_ports', 'nonsense', ''],
    ['tcp_tw_reuse', '1', '2'],
    ['tcp_tw_reuse', '1', null],
  ])('of %s differ: %j and %j', (setting, a, b) => {
    expect(isSameValue(setting, a, b)).toBe(false);
    expect(isSameValue(setting, b, a)).toBe(false);
  });
});
