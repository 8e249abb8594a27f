import { describe, expect, it } from 'vitest';
import { namesOfQuery } from './promql.ts';

describe('what a query names', () => {
  it('is its metrics with the labels that they are chosen by, and the labels that it groups by', () => {
    const query = `topk(10, 1 - a_slots{job=~"$job, x", port!='1'} / on (job, port) group_left (version) (b:c:max[5m] > bool 0))
      unless sum without (state) (increase(d_total[1m:5s] offset 5m)) < +Inf or avg by (code) (e)`;
    expect(namesOfQuery(query)).toEqual({
      metrics: [
        { name: 'a_slots', labels: ['job', 'port'] },
        { name: 'b:c:max', labels: [] },
        { name: 'd_total', labels: [] },
        { name: 'e', labels: [] },
      ],
      groupedBy: ['job', 'port', 'version', 'state', 'code'],
    });
  });
});
