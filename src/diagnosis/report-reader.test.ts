import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../tcp/error.ts';
import type { LaneReport, Report } from './report.ts';
import { isReport, readReport } from './report-reader.ts';

const SINCE = '2026-11-20T11:59:00.000Z';

const LANE: LaneReport = {
  source: '10.0.0.5',
  destination: '10.0.1.9',
  port: 8080,
  device: null,
  slots: 28_231,
  used: 27_911,
  live: 120,
  reclaimable: 0,
  free: 320,
  utilization: 0.9887,
  states: { ESTABLISHED: 120, TIME_WAIT: 27_791 },
  pool: 'lane',
  opensPerSecond: 447.2,
  secondsToCliff: 0,
  secondsToExhaustion: 0.7,
  settlesAt: null,
  rates: { second: 447, tenSeconds: 448.1, minute: null },
  holdSeconds: 0.25,
  reuse: false,
  cliffAt: 14_116,
  network: {
    samples: 20,
    isPrivate: true,
    roundTripSeconds: 0.0002,
    roundTripVarianceSeconds: 0.0001,
    segmentsSent: 4_000,
    retransmittedShare: 0,
    reorderedShare: 0,
    timestampsShare: 1,
    bytesPerConnection: 512,
    retransmitTimeoutSeconds: 0.204,
  },
  processes: [{ pid: 811, name: 'haproxy', unit: 'haproxy.service', sockets: 120 }],
  unit: 'haproxy.service',
  attempts: 1_234,
  refusals: 5,
};

const REPORT: Report = {
  schema: 1,
  takenAt: '2026-11-20T12:00:00.000Z',
  durationSeconds: 0.0123,
  host: { name: 'proxy.core', kernel: null },
  namespaces: [
    {
      inode: 4_026_531_840,
      name: 'host',
      holder: { pid: 811, name: 'haproxy' },
      source: 'sock_diag',
      ports: {
        low: 32_768,
        high: 60_999,
        size: 28_232,
        reserved: 0,
        blocked: 1,
        usable: 28_231,
        blockers: [{ kind: 'listener', address: '::', ports: '41000', count: 1, processes: [] }],
      },
      settings: {
        tcpTwReuse: 2,
        tcpTwReuseDelaySeconds: 1,
        tcpTimestamps: 1,
        tcpMaxTwBuckets: null,
        tcpFinTimeoutSeconds: 60,
        timeWaitSeconds: 61.024,
      },
      lanes: [LANE],
      counted: [
        { source: '10.0.0.5', destination: '10.0.1.9', port: 8080, attempts: 1_234, refusals: 5, since: SINCE },
        { source: '2001:db8::/64', destination: '2001:db8:1::9', port: 80, attempts: 7, refusals: 0, since: SINCE },
        { source: null, destination: '10.0.1.10', port: 8080, attempts: 2, refusals: 1, since: SINCE },
      ],
      lanesOmitted: 0,
      totals: { lanes: 1, used: 27_911, live: 120, timeWait: 27_791, outsideLanes: null, timeWaitOutsideLanes: null },
      notes: ['Processes of other users are not shown.'],
    },
  ],
  findings: [
    {
      code: 'lane-exhausted',
      severity: 'critical',
      namespace: 'host',
      namespaceInode: 4_026_531_840,
      lane: { source: '10.0.0.5', destination: '10.0.1.9', port: 8080 },
      summary: 'It is full.',
      explanation: 'TIME_WAIT holds it.',
      unhelpful: [{ what: 'lower tcp_fin_timeout', why: 'it is not about TIME_WAIT.' }],
      evidence: { used: 27_911, by: ['haproxy', null], more: { deep: true } },
      remedies: [
        {
          ...{ id: 'tcp-tw-reuse', title: 'Take over', slots: 1, opensPerSecond: null, gain: 61, safe: true },
          ...{ reason: 'it is', effort: 'command', missing: [], possible: true },
          ...{ fix: 'fourtuple fix tcp-tw-reuse --apply', command: 'sysctl' },
          instructions: [{ where: 'shell', text: 'sysctl', note: null }],
        },
      ],
    },
  ],
};

describe('reading a report', () => {
  it('gives back what was written, from text, bytes, UTF-16 and behind a byte order mark', () => {
    const text = JSON.stringify(REPORT, null, 2);
    for (const form of [
      text,
      `\ufeff${text}`,
      ` \n${text}`,
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
    ]) {
      expect(isReport(form)).toBe(true);
      expect(readReport(form, 'report.json')).toEqual(REPORT);
    }
  });

  it('leaves out what a newer version added', () => {
    const newer = {
      ...REPORT,
      more: 1,
      namespaces: REPORT.namespaces.map((namespace) => ({ ...namespace, more: [] })),
    };
    expect(readReport(JSON.stringify(newer), 'report.json')).toEqual(REPORT);
  });

  it('has null for what an older version did not tell', () => {
    const later = ['timeWaitSeconds', 'retransmitTimeoutSeconds', 'fix'];
    const older = JSON.stringify(REPORT, (key, value: unknown) => (later.includes(key) ? undefined : value));
    const unknown = JSON.stringify(REPORT, (key, value: unknown) => (later.includes(key) ? null : value));
    expect(older).not.toContain('fourtuple fix');
    expect(readReport(older, 'report.json')).toEqual(JSON.parse(unknown));
  });

  it('takes away what would do something to a terminal, wherever it stands', () => {
    const evil = '\u001b[2J\u202e';
    const text = JSON.stringify(REPORT, (_, value: unknown) =>
      typeof value === 'string' && value.length > 8 ? evil : value,
    );
    const report = readReport(text.replace('"deep"', `"${'\\u001b'}"`), 'report.json');
    expect(JSON.stringify(report)).not.toMatch(/\\u001b|\u202e/);
  });

  it.each([
    ['', 'f: this is no whole JSON: Unexpected end of JSON input'],
    ['[]', 'f is no report: it has no schema number'],
    ['null', 'f is no report: it has no schema number'],
    ['{"schema":"1"}', 'f is no report: it has no schema number'],
    ['{"schema":2}', 'f has schema 2, and this program reads schema 1'],
    ['{"schema":1}', 'f: takenAt is missing'],
    [JSON.stringify({ ...REPORT, durationSeconds: '1' }), 'f: durationSeconds is "1", which is not a number'],
    [JSON.stringify(REPORT).replace('0.0123', '1e999'), 'f: durationSeconds is Infinity, which is not a finite number'],
    [
      JSON.stringify(REPORT).replace('"lanes":[', '"lanes":[7,'),
      'f: namespaces[0].lanes[0] is 7, which is not an object',
    ],
    [
      JSON.stringify(REPORT).replace('"used":27911,"live"', '"used":-1,"live"'),
      'f: namespaces[0].lanes[0].used is -1, which is not a number of 0 or more',
    ],
    [
      JSON.stringify(REPORT).replace('"pool":"lane"', '"pool":"\\u001b[2J"'),
      "f: namespaces[0].lanes[0].pool is \"\\u001b[2J\", which is not 'lane' or 'source'",
    ],
    [
      JSON.stringify(REPORT).replace('"TIME_WAIT":27791', '"TIME_WAIT":{}'),
      'f: namespaces[0].lanes[0].states.TIME_WAIT is an object, which is not a number',
    ],
    [JSON.stringify({ ...REPORT, findings: {} }), 'f: findings is an object, which is not a list'],
  ])('refuses %s', (text, message) => {
    expect(failure(text).message).toBe(message);
  });

  it('names the line where a report is cut', () => {
    const text = JSON.stringify(REPORT, null, 2);
    expect(failure(text.slice(0, text.indexOf('haproxy') + 3)).message).toMatch(
      /^f, line \d+: this is no whole JSON: Unterm/,
    );
    expect(failure(`{\n"schema": 1\n"a": 2}`).message).toMatch(/^f, line 3: /);
  });

  it('refuses what is nested too deeply', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const text = JSON.stringify(REPORT).replace('"more":{"deep":true}', `"more":${deep}`);
    expect(failure(text).message).toBe('f: findings[0].evidence is an object, which is not nested at most 32 deep');
    expect(failure(JSON.stringify(REPORT).replace('"findings":', `"findings":${deep},"x":`)).message).toContain(
      'is an object',
    );
  });

  it('reads or refuses any JSON and any cut of a report, never more', () => {
    const whole = JSON.stringify(REPORT);
    const cut = fc.nat(whole.length).map((length) => whole.slice(0, length));
    const replaced = fc
      .tuple(fc.constantFrom(...(whole.match(/[^,:{}[\]]+/g) ?? [])), fc.json({ maxDepth: 2 }))
      .map(([piece, value]) => whole.replace(piece, value));
    fc.assert(
      fc.property(fc.oneof(fc.json(), cut, replaced, fc.string()), (text) => {
        try {
          expect(readReport(text, 'f').schema).toBe(1);
        } catch (error) {
          if (!(error instanceof FourtupleError)) throw error;
          expect(error.code).toBe('FT_REPORT');
          expect(error.message).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a report is told from a capture', () => {
  it.each(['State Recv-Q', '', '  sl  local_address', '[]', '$ fourtuple status --json\n{}'])('%j is none', (text) => {
    expect(isReport(text)).toBe(false);
    expect(isReport(Buffer.from(text))).toBe(false);
  });
});

function failure(text: string): FourtupleError {
  try {
    readReport(text, 'f');
  } catch (error) {
    if (error instanceof FourtupleError && error.code === 'FT_REPORT') return error;
    throw error;
  }
  throw new Error('it was read');
}
