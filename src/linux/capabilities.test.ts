import { beforeEach, describe, expect, it } from 'vitest';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { hasCapability, holdsCapability } from './capabilities.ts';

describe('the capabilities of a status', () => {
  const status = (mask: string): string => `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${mask}\nCapBnd:\t0\n`;

  it('are the bits of CapEff', () => {
    expect(holdsCapability(status('0000000000001000'), 'CAP_NET_ADMIN')).toBe(true);
    expect(holdsCapability(status('0000000000001000'), 'CAP_SYS_ADMIN')).toBe(false);
    expect(holdsCapability(status('0000008000280004'), 'CAP_BPF')).toBe(true);
    expect(holdsCapability(status('0000008000280004'), 'CAP_PERFMON')).toBe(false);
    expect(holdsCapability(status('0000008000280004'), 'CAP_SYS_PTRACE')).toBe(true);
    expect(holdsCapability(status('0000008000280004'), 'CAP_DAC_READ_SEARCH')).toBe(true);
  });

  it('are not known where there is no such line', () => {
    expect(holdsCapability('Name:\tnode\n', 'CAP_BPF')).toBeNull();
    expect(holdsCapability('CapEff:\tnonsense\n', 'CAP_BPF')).toBeNull();
  });
});

describe('this process', () => {
  beforeEach(({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to have capabilities');
  });

  it('has what is in effect, and not what it has put out of effect', () => {
    expect(hasCapability('CAP_NET_ADMIN')).toBe(true);
    expect(withoutCapabilities(() => hasCapability('CAP_NET_ADMIN'))).toBe(false);
    expect(hasCapability('CAP_NET_ADMIN')).toBe(true);
  });
});
