import { describe, expect, it } from 'vitest';
import { machineLike } from '../../test/kit/machines.ts';
import { missingBpf, missingKernel, missingNetAdmin } from './missing.ts';

describe('what a remedy lacks', () => {
  it('is a kernel where the one that runs is older, and is named with its own version', () => {
    const on = (major: number, minor: number) => missingKernel(machineLike({ kernel: { major, minor } }), 6, 8, 'it');
    expect(on(6, 7)).toEqual([{ kind: 'kernel', text: 'it needs Linux 6.8, this is 6.7' }]);
    expect(on(5, 15)).toHaveLength(1);
    expect(on(6, 8)).toEqual([]);
    expect(on(7, 0)).toEqual([]);
    expect(missingKernel(machineLike({ kernel: null }), 6, 8, 'it')).toEqual([]);
  });

  it('is a privilege where this process is known not to have it', () => {
    const having = (capabilities: ReadonlySet<string> | null) => missingNetAdmin(machineLike({ capabilities }), 'it');
    expect(having(new Set(['CAP_SYS_ADMIN']))).toMatchObject([{ kind: 'privilege' }]);
    expect(having(new Set(['CAP_NET_ADMIN']))).toEqual([]);
    expect(having(null)).toEqual([]);
  });

  it('is the right to load programs into the kernel, which the right to administer the system includes', () => {
    const having = (capabilities: ReadonlySet<string> | null) => missingBpf(machineLike({ capabilities }), 'it');
    expect(having(new Set(['CAP_NET_ADMIN']))).toEqual([
      { kind: 'privilege', text: 'it needs root (CAP_BPF), which this process does not have' },
    ]);
    expect(having(new Set(['CAP_BPF']))).toEqual([]);
    expect(having(new Set(['CAP_SYS_ADMIN']))).toEqual([]);
    expect(having(null)).toEqual([]);
  });
});
