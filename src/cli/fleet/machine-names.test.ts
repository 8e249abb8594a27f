import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostOf, nameMachines } from './machine-names.ts';

const at = (instance: string, more: Record<string, string> = {}): Record<string, string> => ({ instance, ...more });

describe('the names of machines', () => {
  it.each([
    ['proxy-1:10404', 'proxy-1'],
    ['proxy-1', 'proxy-1'],
    ['10.0.0.5:10404', '10.0.0.5'],
    ['[2001:db8::5]:10404', '2001:db8::5'],
    ['http://proxy-1:10404/metrics', 'http://proxy-1:10404/metrics'],
    ['', ''],
  ])('have the host of %j', (instance, host) => {
    expect(hostOf({ instance })).toBe(host);
  });

  it('are as short as they can be told apart', () => {
    const machines = [
      at('proxy-1:10404', { job: 'a' }),
      at('proxy-2:10404', { job: 'a' }),
      at('proxy-2:10405', { job: 'a' }),
      at('proxy-3:10404', { job: 'a', dc: 'eu' }),
      at('proxy-3:10404', { job: 'a', dc: 'us' }),
      at('proxy-3:10404', { job: 'a' }),
      { pod: 'x', job: 'b' },
    ];
    expect(nameMachines(machines)).toEqual([
      'proxy-1',
      'proxy-2:10404',
      'proxy-2:10405',
      'proxy-3:10404{dc=eu}',
      'proxy-3:10404{dc=us}',
      'proxy-3:10404{}',
      '{}',
    ]);
  });

  it('differ where machines do', () => {
    const text = fc.constantFrom('a', 'b', 'a:1', 'a:2', 'b:1');
    const machine = fc.dictionary(fc.constantFrom('instance', 'job', 'dc'), text);
    const machines = fc.uniqueArray(machine, {
      selector: (labels) => JSON.stringify([labels.instance ?? '', labels.job, labels.dc]),
    });
    fc.assert(
      fc.property(machines, (labels) => {
        expect(new Set(nameMachines(labels)).size).toBe(labels.length);
      }),
    );
  });
});
