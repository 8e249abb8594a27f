import { describe, expect, it } from 'vitest';
import { processReport } from '../../../test/kit/reports.ts';
import { describeProcesses } from './process-text.ts';

const nginx = (pid: number, unit: string | null = null) => processReport(pid, 'nginx', 10, unit);

describe('the processes of a lane', () => {
  it.each([
    [[], ''],
    [[nginx(812)], 'nginx 812'],
    [[nginx(812), nginx(813), nginx(814)], 'nginx 812 813 814'],
    [[nginx(812), nginx(813), nginx(814), nginx(815)], 'nginx (4 processes)'],
    [[nginx(812, 'web')], 'nginx 812 in web'],
    [[nginx(812, 'web'), nginx(813, 'web')], 'nginx 812 813 in web'],
    [[nginx(812, 'a'), nginx(813, 'b')], 'nginx 812 in a, nginx 813 in b'],
    [[nginx(812), processReport(90, 'curl', 1)], 'nginx 812, curl 90'],
    [[1, 2, 3].map((pid) => processReport(pid, `p${pid}`, 1)), 'p1 1, p2 2, p3 3'],
    [[1, 2, 3, 4, 5].map((pid) => processReport(pid, `p${pid}`, 1)), 'p1 1, p2 2, p3 3, 2 more'],
  ])('are grouped by name and unit, the first three named: %#', (processes, text) => {
    expect(describeProcesses(processes)).toBe(text);
  });

  it('are not taken for one another where a name and a unit together look the same', () => {
    const processes = [processReport(1, 'a', 1, 'b'), processReport(2, 'a b', 1), processReport(3, 'ab', 1)];
    expect(describeProcesses(processes)).toBe('a 1 in b, a b 2, ab 3');
  });
});
