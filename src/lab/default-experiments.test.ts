import { beforeEach, expect, it, vi } from 'vitest';
import { defaultExperiments, EXPERIMENTS } from './catalog.ts';
import { findProgram } from './needed-programs.ts';

vi.mock('./needed-programs.ts', { spy: true });
const installed = new Set<string>();
beforeEach(() => {
  installed.clear();
  vi.mocked(findProgram).mockImplementation((name) => (installed.has(name) ? `/usr/sbin/${name}` : null));
});

const names = (): string[] => defaultExperiments().map(({ name }) => name);

it.each(['haproxy', 'nginx'])('leave the relay out where there is %s, which it stands in for', (program) => {
  installed.add(program);
  expect(names()).not.toContain('proxy-relay');
  expect(names()).toHaveLength(EXPERIMENTS.length - 1);
});

it('are all where there is neither: what needs a program says that it is missing', () => {
  expect(names()).toEqual(EXPERIMENTS.map(({ name }) => name));
});
