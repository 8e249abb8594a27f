import { describe, expect, it } from 'vitest';
import { machineLike } from '../../../test/kit/machines.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { PortSample } from '../../census/port-sample.ts';
import type { KernelVersion } from '../../remedies/kernel-version.ts';
import { portsStayBlocked } from './ports-stay-blocked.ts';

function examine(unseenBlocked: PortSample | null, kernel: KernelVersion | null = { major: 6, minor: 18 }) {
  return [...portsStayBlocked.examine(ruleScene([], { unseenBlocked, machine: machineLike({ kernel }) }))];
}

const SAMPLE: PortSample = { held: 14_000, asked: 200, blocked: 17, examples: [40_010, 40_012, 40_014] };
const ALL: PortSample = { held: 120, asked: 120, blocked: 3, examples: [40_010, 40_012, 40_014] };

describe('ports that are blocked unseen', () => {
  it('are estimated from a sample', () => {
    expect(examine(SAMPLE)).toMatchObject([
      {
        severity: 'info',
        lane: null,
        summary:
          'About 1,190 of 28,232 ports of the range (4.2%) stay blocked for every lane, though no visible socket is bound to them (17 of 200 asked about, such as 40010, 40012 and 40014).',
        evidence: { estimatedPorts: 1_190, heldPorts: 14_000, asked: 200, blocked: 17 },
      },
    ]);
  });

  it('are counted where all were asked about', () => {
    expect(examine(ALL)[0]?.summary).toBe(
      '3 of 28,232 ports of the range (<0.1%) stay blocked for every lane, though no visible socket is bound to them (40010, 40012 and 40014).',
    );
  });

  it('are a warning where they are a tenth of the range', () => {
    expect(examine({ ...SAMPLE, blocked: 40 })).toMatchObject([{ severity: 'info' }]);
    expect(examine({ ...SAMPLE, blocked: 41 })).toMatchObject([{ severity: 'warning' }]);
  });

  it.each([
    [{ major: 6, minor: 17 }, true],
    [{ major: 6, minor: 18 }, false],
    [null, false],
  ])('are explained for the kernel %o', (kernel, isOlder) => {
    const [finding] = examine(ALL, kernel);
    expect(finding?.explanation.startsWith('Before Linux 6.18')).toBe(isOlder);
    expect(finding?.explanation).toContain('a listener inside the range');
  });

  it.each<[string, PortSample | null]>([
    ['not looked for', null],
    ['none', { ...ALL, blocked: 0, examples: [] }],
    ['two, which may have been bound since', { ...ALL, blocked: 2, examples: [40_010, 40_012] }],
    ['none, where no port is held', { held: 0, asked: 0, blocked: 0, examples: [] }],
  ])('are %s: silent', (_, sample) => {
    expect(examine(sample)).toEqual([]);
  });
});
