import { describe, expect, it } from 'vitest';
import { changeLike, effectLike, entryLike, HEAD, NEW_LANE, WIDENING } from '../../../test/kit/fix-reports.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { FixList, ListedRemedy } from '../fix-report.ts';
import { renderList } from './fix-list-text.ts';
import type { Screen } from './screen.ts';

const reuse: ListedRemedy = {
  ...{ id: 'tcp-tw-reuse', title: '', changes: [changeLike()], timeWait: null, needs: null, effect: effectLike() },
};
const recycle: ListedRemedy = {
  ...{ id: 'recycle-time-wait', title: '', changes: [], timeWait: 28_211, needs: null },
  effect: effectLike({
    ...{ gain: 10.2, safe: false, reason: 'a public network (2% retransmitted), where segments come late' },
    opensPerSecond: { before: 462.6, predicted: 4_705, observed: null },
  }),
};
const wider: ListedRemedy = {
  ...{ id: 'wider-range', title: '', changes: WIDENING, timeWait: null, needs: null },
  effect: effectLike({
    ...{ gain: 2.285, reason: 'no listener is inside the wider range' },
    slots: { before: 28_231, predicted: 64_507, observed: null },
    opensPerSecond: { before: 462.6, predicted: 1_057, observed: null },
  }),
};
const reserve: ListedRemedy = {
  ...{
    id: 'reserve-listeners',
    title: "Reserve the listeners' ports (ip_local_reserved_ports)",
    timeWait: null,
    needs: null,
  },
  changes: [changeLike({ setting: 'ip_local_reserved_ports', from: '', to: Array(99).fill(41_000).join() })],
  effect: effectLike({
    gain: 1,
    slots: { before: 28_231, predicted: 28_231, observed: null },
    opensPerSecond: { before: 462.6, predicted: 462.6, observed: null },
  }),
};
const delay: ListedRemedy = {
  ...{
    id: 'shorter-reuse-delay',
    title: 'Take over TIME_WAIT slots sooner (tcp_tw_reuse_delay)',
    timeWait: null,
    needs: null,
  },
  changes: [changeLike({ setting: 'tcp_tw_reuse_delay', from: '1000', to: '100' })],
  effect: effectLike({ gain: 1, safe: false, reason: 'useless: tcp_tw_reuse does not apply to this lane' }),
};
const spread: ListedRemedy = {
  ...{ id: 'spread-sources', title: '', changes: [], timeWait: null },
  needs: '--sources ADDRESSES --to DESTINATION, and --unit, --pid, --container or --cgroup',
  effect: effectLike({ ...{ gain: 2, reason: '' }, slots: { before: 28_231, predicted: 56_462, observed: null } }),
};
const unavailable = [
  { id: 'shorter-reuse-delay', why: 'tcp_tw_reuse_delay needs Linux 6.14, this is 6.1' },
  { id: 'lower-fin-timeout', why: 'tcp_fin_timeout is 10: an orphan FIN_WAIT2 socket already goes after 10 s' },
];
const web = { inode: 4_026_532_001, cookie: '2', bootId: 'b', isHost: false, name: null };
const [reserved, widened] = WIDENING as [ReturnType<typeof changeLike>, ReturnType<typeof changeLike>];

const LISTS: Readonly<Record<string, Partial<FixList>>> = {
  full: { remedies: [reuse, wider, spread, reserve, recycle, delay], unavailable, applied: [] },
  gainless: { remedies: [reserve], unavailable, applied: [] },
  applied: {
    remedies: [wider],
    applied: [
      {
        entry: entryLike({ changes: [changeLike(), changeLike({ kind: 'sysctl.d', from: null })] }),
        changes: [
          { change: changeLike(), now: '1', state: 'made' },
          { change: changeLike({ kind: 'sysctl.d', from: null }), now: null, state: 'back' },
        ],
        why: null,
      },
      {
        entry: entryLike({ id: 2, remedy: 'wider-range', changes: WIDENING, namespace: web }),
        changes: [
          { change: reserved, now: '8080,9000-9003', state: 'made' },
          { change: widened, now: '2000 65535', state: 'changed' },
        ],
        why: null,
      },
      {
        entry: entryLike({ id: 1, namespace: { ...web, name: 'web' } }),
        changes: null,
        why: 'its namespace has gone, and the change with it',
      },
    ],
  },
  idle: {
    namespace: { inode: 4_026_532_001, name: null },
    remedies: [{ ...reuse, effect: NEW_LANE }],
    applied: null,
    notes: [
      'Applying needs root (CAP_NET_ADMIN), which this process does not have: `fourtuple fix REMEDY` prints the commands for root.',
      "What is applied now is not known: the journal '/var/lib/fourtuple/journal' may not be read: EACCES.",
    ],
  },
  nothing: { remedies: [], unavailable, applied: [] },
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

function listLike(more: Partial<FixList>): FixList {
  return { ...HEAD, action: 'list', remedies: [], unavailable: [], applied: [], notes: [], ...more };
}

describe('the list of remedies as text', () => {
  describe.each(Object.entries(LISTS))('that is %s', (name, more) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderList(listLike(more), screen, (remedy) => `fourtuple fix ${remedy}`);
      expectGolden(`fix-list-${name}-${size}.txt`, text);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });
  });

  it('differs on a terminal with colours only by the colours', () => {
    const screen = SCREENS['80'] as Screen;
    const list = listLike(LISTS.full as Partial<FixList>);
    const coloured = renderList(list, { ...screen, colour: true }, (remedy) => `fourtuple fix ${remedy}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    const bare = coloured.replace(/\u001b\[\d+m/g, '');
    expect(coloured).not.toBe(bare);
    expect(bare).toBe(renderList(list, screen, (remedy) => `fourtuple fix ${remedy}`));
  });
});
