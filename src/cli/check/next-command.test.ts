import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport } from '../../../test/kit/reports.ts';
import type { NamespaceReport } from '../../diagnosis/report.ts';
import { nextCommands } from './next-command.ts';

const reach = { ownInode: 1, inodeOf: (name: string) => ({ web: 2, '811': 2, '812': 3 })[name] ?? null };
const HOLDER = { pid: 812, name: 'nginx' };

function commandsOf(more: Partial<NamespaceReport>, netns?: string, destination = '10.0.1.9'): string[] {
  const lane = laneReport(['10.0.0.5', destination, 8080], { ESTABLISHED: 1 });
  return nextCommands({ namespace: namespaceReport([lane], more), lane }, { ...reach, netns });
}

describe('the command that tells more', () => {
  it.each([
    ['the own namespace', { inode: 1 }, 'fourtuple doctor'],
    ['one that has a name', { inode: 2, name: 'web' }, 'fourtuple doctor --netns web'],
    [
      'a container, whose name is none of ip netns',
      { inode: 3, name: 'pod/a', holder: HOLDER },
      'fourtuple doctor --netns 812',
    ],
    ['one whose process has gone', { inode: 4, name: null, holder: HOLDER }, 'fourtuple doctor --all'],
  ])('is for %s', (_, namespace, command) => {
    expect(commandsOf(namespace)).toEqual([`${command} --lane 10.0.1.9:8080`, command]);
  });

  it('names the namespace as it was asked for', () => {
    expect(commandsOf({ inode: 1 }, '811')[1]).toBe('fourtuple doctor --netns 811');
  });

  it('has quotes around brackets', () => {
    expect(commandsOf({ inode: 1 }, undefined, '2001:db8::9')[0]).toBe("fourtuple doctor --lane '[2001:db8::9]:8080'");
  });

  it('is for all where there is no lane', () => expect(nextCommands(null, reach)).toEqual(['fourtuple doctor --all']));
});
