import { describe, expect, it } from 'vitest';
import { HEAD } from '../../../test/kit/fix-reports.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { SpreadDestination } from '../../spreading/spread-lanes.ts';
import type { FixSpreadApplied, FixSpreadEnded, FixSpreadPreview } from '../fix-spread-report.ts';
import type { Screen } from './screen.ts';
import { renderSpreadApplied, renderSpreadEnded, renderSpreadPreview } from './spread-text.ts';

const SPREAD = 'sources 10.0.0.10-10.0.0.11 to 10.0.1.9:8080';
const DIRECTORY = '/sys/fs/cgroup/system.slice/haproxy.service';
const ONE: SpreadDestination = {
  ...{ destination: '10.0.1.9', port: 8080 },
  before: { lanes: 1, slots: 28_232, used: 28_011 },
  after: { lanes: 2, slots: 56_464, used: 12 },
};
const COUNTS = { spread: 1_234_567, boundBefore: 0, bindFailed: 0, uncounted: 0 };

const WHAT = {
  ...HEAD,
  ...{
    remedy: 'spread-sources',
    title: 'Spread connections over more source addresses without touching the program (eBPF)',
  },
  ...{ spread: SPREAD, detached: false, notes: [] },
  cgroup: { path: '/system.slice/haproxy.service', processes: 3 },
  changes: [
    { kind: 'address', setting: '10.0.0.11/32 on eth0', from: null, to: 'added' },
    { kind: 'spread', setting: DIRECTORY, from: null, to: SPREAD },
  ],
  destinations: [ONE],
} as const;
const PREVIEW: FixSpreadPreview = {
  ...{ ...WHAT, action: 'spread-preview', missing: [] },
  command: 'fourtuple fix spread-sources --sources 10.0.0.10-10.0.0.11 --to 10.0.1.9:8080 --unit haproxy --apply',
};
const ENDED: FixSpreadEnded = {
  ...{ ...WHAT, action: 'spread-ended', id: 3, seconds: 3_723.4, counts: COUNTS },
  lanes: ['10.0.0.10', '10.0.0.11'].map((source, index) => ({
    ...{ source, destination: { address: '10.0.1.9', port: 8080 }, used: 20_112 + index, timeWait: 20_000 },
    ...{ attempts: 617_284 - index, refusals: index },
  })),
};

const PREVIEWS: Readonly<Record<string, Partial<FixSpreadPreview>>> = {
  plain: {},
  unprivileged: {
    missing: ['choosing the source at connect() needs CAP_NET_ADMIN', 'choosing the source at connect() needs CAP_BPF'],
    cgroup: { path: '/', processes: null },
    notes: ['This is the root of the cgroups: connections of every process of the machine are meant.'],
  },
  prefix: {
    changes: [
      { kind: 'route', setting: '2001:db8::/64 on lo', from: null, to: 'added' },
      { kind: 'sysctl', setting: 'ipv6.ip_nonlocal_bind', from: '0', to: '1' },
      { kind: 'pinned-spread', setting: DIRECTORY, from: null, to: 'sources 2001:db8::/64 to [2001:db8:1::9]:443' },
    ],
    destinations: [{ ...ONE, destination: '2001:db8:1::9', port: 443, after: { lanes: null, slots: null, used: 0 } }],
  },
  idle: { destinations: [], cgroup: { path: '/idle', processes: 0 } },
  many: { destinations: Array.from({ length: 14 }, (_, host) => ({ ...ONE, destination: `10.0.2.${host}` })) },
};
const ENDS: Readonly<Record<string, Partial<FixSpreadEnded>>> = {
  plain: {},
  others: {
    counts: { spread: 1, boundBefore: 17, bindFailed: 2, uncounted: 4_000 },
    lanes: ENDED.lanes.map((lane) => ({ ...lane, source: null })),
  },
  nothing: { lanes: [], counts: { ...COUNTS, spread: 0 } },
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

/** Commands stand in one line, to be copied. */
function expectText(name: string, size: string, text: string): void {
  expectGolden(`${name}-${size}.txt`, text);
  const screen = SCREENS[size] as Screen;
  const lines = text.split('\n').filter((line) => !line.startsWith('  fourtuple '));
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(screen.width);
  if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
}

describe.each(Object.entries(SCREENS))('a spread on a screen of %s', (size, screen) => {
  it.each(Object.entries(PREVIEWS))('that is shown: %s', (name, more) => {
    expectText(`spread-preview-${name}`, size, renderSpreadPreview({ ...PREVIEW, ...more }, screen));
  });

  it('that is applied', () => {
    const applied: FixSpreadApplied = {
      ...WHAT,
      action: 'spread-applied',
      id: 3,
      detached: true,
      undo: 'fourtuple fix --undo 3',
    };
    expectText('spread-applied', size, renderSpreadApplied(applied, screen));
  });

  it.each(Object.entries(ENDS))('that has ended: %s', (name, more) => {
    expectText(`spread-ended-${name}`, size, renderSpreadEnded({ ...ENDED, ...more }, screen));
  });
});
