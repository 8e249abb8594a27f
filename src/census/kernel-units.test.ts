import { describe, expect, it } from 'vitest';
import { KernelUnits } from './kernel-units.ts';

/** Beyond `PID_MAX_LIMIT`: no process has it. */
const NO_PROCESS = 2 ** 22 + 1;

describe('the units of processes and sockets', () => {
  it('are none where the process has exited, or no cgroup is known', () => {
    const units = new KernelUnits();
    expect(units.ofProcess(NO_PROCESS)).toBeNull();
    expect(units.ofCgroup(0)).toBeNull();
  });

  it('are the same each time they are asked for', () => {
    const units = new KernelUnits();
    expect(units.ofProcess(process.pid)).toBe(units.ofProcess(process.pid));
    expect(units.ofProcess(process.pid)).toBe(new KernelUnits().ofProcess(process.pid));
  });
});
