import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MACHINE_STATES } from '../../src/cli/fleet/fleet-report.ts';
import { detailQueries, followUpQueries, NOW_QUERY, overviewQueries } from '../../src/cli/fleet/queries.ts';
import { fleetLane, fleetReport, machineReport } from '../kit/fleet-reports.ts';

const PAGE = new URL('../../docs/fleet.md', import.meta.url);

describe('the page about many machines', () => {
  it('lists every query', () => {
    const queries = {
      now: NOW_QUERY,
      ...overviewQueries([]),
      ...followUpQueries([], ['INSTANCES']),
      ...detailQueries([], ['INSTANCES'], Number.NaN),
    };
    const wanted = Object.entries(queries)
      .map(([name, query]) => `# ${name}\n${query.replaceAll('(NaN,', '(LANES,')}`)
      .join('\n\n');
    const page = readFileSync(PAGE, 'utf8');
    const listed = /```promql\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';
    if (process.env.UPDATE_GOLDEN === '1')
      writeFileSync(
        PAGE,
        page.replace(listed, () => wanted),
      );
    else expect(listed).toBe(wanted);
    expect(page).toContain(`the same ${Object.keys(queries).length} queries`);
  });

  it('explains every state, in their order', () => {
    const table = readFileSync(PAGE, 'utf8').split('| state |')[1]?.split('\n\n')[0] ?? '';
    expect([...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, state]) => state)).toEqual(MACHINE_STATES);
  });

  it('names every field', () => {
    const page = readFileSync(PAGE, 'utf8').split('## JSON')[1]?.split('\n## ')[0] ?? '';
    const machine = machineReport('a', 'healthy');
    for (const example of [fleetReport([machine]), machine, fleetLane({})]) {
      for (const field of Object.keys(example)) expect(page).toContain(`\`${field}\``);
    }
  });
});
