import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { programsOfCgroup } from '../../src/linux/bpf-attached.ts';
import type { FourtupleError } from '../../src/tcp/error.ts';
import { mountBpfFileSystem, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { createControlGroup } from '../kit/control-group.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { attachOnly, sourcesTo, usesSpreading } from '../kit/spreading.ts';

const OBJECT = 'bpf/spread-sources.bpf.o';

describe('a cgroup whose program allows no other', () => {
  usesPrivateNamespace();
  usesSpreading();
  usesBpfFileSystem();
  needsPrograms('bpftool');

  it('is told as that, and left as it is', () => {
    const group = createControlGroup();
    const pins = mountBpfFileSystem();
    execFileSync('bpftool', ['prog', 'loadall', OBJECT, `${pins}/other`]);
    const other = ['connect4', 'pinned', `${pins}/other/ft_src_connect4`];
    // Without a flag that it may stand beside others.
    execFileSync('bpftool', ['cgroup', 'attach', group.directory, ...other]);
    const programs = () =>
      (['connect4', 'connect6'] as const).map((type) => programsOfCgroup(group.directory, type, 'own'));
    const before = programs();
    let error: FourtupleError | undefined;
    try {
      attachOnly(group, sourcesTo({ address: '10.2.0.1', port: 80 }, ['10.1.0.1']));
    } catch (thrown) {
      error = thrown as FourtupleError;
    }
    expect(error).toMatchObject({
      code: 'FT_UNSUPPORTED',
      message: expect.stringContaining('another eBPF program is attached there, or above, that allows no other'),
      hint: expect.stringContaining(`bpftool cgroup tree ${group.directory}`),
    });
    expect(programs()).toEqual(before);
    execFileSync('bpftool', ['cgroup', 'detach', group.directory, ...other]);
  });
});
