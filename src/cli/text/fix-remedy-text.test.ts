import { describe, expect, it } from 'vitest';
import {
  appliedLike,
  changeLike,
  effectLike,
  entryLike,
  HEAD,
  NEW_LANE,
  observedLike,
  previewLike,
  WIDENING,
} from '../../../test/kit/fix-reports.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { FixApplied, FixPreview } from '../fix-report.ts';
import { renderChanged, renderNothing, renderObserved, renderPreview } from './fix-remedy-text.ts';
import type { Screen } from './screen.ts';

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

const doubtful = effectLike({
  ...{ source: '2001:db8::5', destination: '2001:db8:1::9', port: 443, used: 12, gain: 2.285, safe: null },
  slots: { before: 28_231, predicted: 64_507, observed: null },
  reason: 'no live connection tells what the network is like',
});

const PREVIEWS: Readonly<Record<string, Partial<FixPreview>>> = {
  plain: {},
  kept: {
    changes: [...WIDENING, ...WIDENING.map((change) => ({ ...change, kind: 'sysctl.d', from: null }) as const)],
    lanes: [effectLike(), doubtful, { ...doubtful, port: 444 }],
    notes: [
      'At boot, line 3 of /etc/sysctl.conf sets net.ipv4.ip_local_port_range to 32768 60999, after /etc/sysctl.d/90-fourtuple.conf: take that line out.',
    ],
    byHand: null,
  },
  refused: {
    lanes: [
      effectLike({ safe: false, reason: '2% retransmitted' }),
      effectLike({
        safe: false,
        reason: 'useless: no timestamps were negotiated (20 connections), and no slot can be reused',
      }),
    ],
    refusal: 'tcp-tw-reuse is not safe for 10.0.0.5>10.0.1.9:8080: 2% retransmitted',
    command: 'fourtuple fix tcp-tw-reuse --force --apply',
  },
  unprivileged: {
    namespace: { inode: 4_026_532_001, name: null },
    lanes: [NEW_LANE],
    missing: ['changing the setting needs root (CAP_NET_ADMIN), which this process does not have'],
  },
};

const wrong = observedLike({
  opensPerSecond: { before: 462.6, predicted: 28_231, observed: 462.6 },
  asPredicted: false,
  observation: 'connect() is refused its TIME_WAIT slots still',
  opening: { before: null, after: 0 },
});
const APPLIED: Readonly<Record<string, Partial<FixApplied>>> = {
  'as-predicted': {},
  'not-as-predicted': { lanes: [observedLike({ port: 8081 }), wrong], asPredicted: false },
  unknown: {
    lanes: [{ ...NEW_LANE, opening: { before: null, after: null }, observation: 'there was no lane to observe' }],
    asPredicted: null,
  },
  unobserved: {
    changes: WIDENING,
    lanes: [{ ...effectLike(), opening: { before: 463, after: null } }],
    asPredicted: null,
    observedSeconds: 0,
  },
};

function check(name: string, text: string, screen: Screen): void {
  expectGolden(name, text);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
  if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
}

describe('what a remedy would do, as text', () => {
  describe.each(Object.entries(PREVIEWS))('that is %s', (name, more) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      check(`fix-preview-${name}-${size}.txt`, renderPreview(previewLike(more), screen), screen);
    });
  });

  it('says whose doing it is that there is nothing to do', () => {
    const screen = SCREENS['80'] as Screen;
    const nothing = { ...HEAD, action: 'nothing', remedy: 'tcp-tw-reuse', why: 'tcp_tw_reuse is already 1' } as const;
    const alone = renderNothing({ ...nothing, entry: null }, screen);
    expect(alone).toBe('Nothing to do: tcp_tw_reuse is already 1.\n');
    const made = renderNothing({ ...nothing, entry: entryLike() }, screen);
    expect(made.replaceAll(/\s+/g, ' ')).toContain(
      'already 1. Entry 3 (tcp-tw-reuse) made it so, on 2026-11-20 11:58:02 UTC: fourtuple fix --undo 3 takes it back.',
    );
  });

  it('prints no control character of what another has set', () => {
    const changes = [changeLike({ kind: 'sysctl.d', from: '1\u001b[2J' })];
    expect(renderPreview(previewLike({ changes }), SCREENS['80'] as Screen)).not.toContain('\u001b');
  });
});

describe('what a remedy has done, as text', () => {
  describe.each(Object.entries(APPLIED))('that is %s', (name, more) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const applied = appliedLike(more);
      const text = renderChanged(applied, screen) + renderObserved(applied, screen);
      check(`fix-applied-${name}-${size}.txt`, text, screen);
    });
  });
});
