import { describe, expect, it } from 'vitest';
import { mistakesOf } from '../../../test/kit/topology-mistakes.ts';

const TIERS = 'tiers:\n  - name: proxy\n    replicas: 2\n  - name: backend\n';
/** The entry's key stands in line 8, from column 5 on. */
const entryWith = (line: string): string => `${TIERS}traffic:\n  - from: proxy\n    to: backend\n    ${line}\n`;

const WHOLE = 'a whole number from 1 on was expected';
const TIME = 'a time such as 50ms or 60s was expected';
const KEYS = 'a whole number from 1 to 4,294,967,296 was expected';
const PATTERN = 'constant, poisson, { bursts: 50 } or { day: [0.2, 0.1, 1, 0.6] } was expected';

describe('a mistake in an entry of traffic is told with its place', () => {
  it.each([
    [
      'a rate without number',
      entryWith('rate: fast'),
      "8:11: rate is 'fast', a rate such as 500/s or 1.5k/s was expected",
    ],
    [
      'a rate per week',
      entryWith('rate: 5/week'),
      "8:11: rate is '5/week', a rate such as 500/s or 1.5k/s was expected",
    ],
    [
      'half a request',
      entryWith('requestsPerConnection: 0.5'),
      "8:28: requestsPerConnection is '0.5', a number from 1 on was expected",
    ],
    ['a hold time without unit', entryWith('hold: 50'), `8:11: hold is '50', ${TIME}`],
    [
      'an unknown distribution',
      entryWith('distribution: pareto'),
      "8:19: distribution is 'pareto', constant, exponential or { log-normal: 0.8 } was expected",
    ],
    [
      'log-normal without deviation',
      entryWith('distribution: log-normal'),
      "8:19: distribution is 'log-normal', constant, exponential or { log-normal: 0.8 } was expected",
    ],
    [
      'a deviation of zero',
      entryWith('distribution: { log-normal: 0 }'),
      "8:33: log-normal is '0', a number above 0 (the standard deviation of the logarithm) was expected",
    ],
    ['neither end', entryWith('closes: proxy'), "8:13: closes is 'proxy', client or server was expected"],
    ['an unknown pattern', entryWith('pattern: random'), `8:14: pattern is 'random', ${PATTERN}`],
    ['bursts of no size', entryWith('pattern: bursts'), `8:14: pattern is 'bursts', ${PATTERN}`],
    ['a list for a pattern', entryWith('pattern: [1, 2]'), `8:14: pattern is a list, ${PATTERN}`],
    ['bursts of none', entryWith('pattern: { bursts: 0 }'), `8:24: bursts is '0', ${WHOLE}`],
    ['a pattern of nothing', entryWith('pattern: {}'), `8:14: a pattern with a parameter has no bursts, ${WHOLE}`],
    [
      'bursts and a day',
      entryWith('pattern: { bursts: 2, day: [0, 1] }'),
      '8:14: pattern has bursts and a day, one of them was expected',
    ],
    [
      'a mistyped parameter',
      entryWith('pattern: { bursts: 2, burst: 2 }'),
      "8:27: 'burst' is no key of a pattern with a parameter, bursts was expected",
    ],
    [
      'a day that is no list',
      entryWith('pattern: { day: 1 }'),
      "8:21: day is '1', a list of 2 to 1,440 shares was expected",
    ],
    ['a day of one share', entryWith('pattern: { day: [1] }'), '8:21: day has 1 share, 2 to 1,440 were expected'],
    [
      'a day of too many',
      entryWith(`pattern: { day: [${Array.from({ length: 1_441 }, () => 1)}] }`),
      '8:21: day has 1,441 shares, 2 to 1,440 were expected',
    ],
    [
      'a day of nothing',
      entryWith('pattern: { day: [0, 0.0] }'),
      '8:21: day has no share above 0, one at least was expected',
    ],
    [
      'less than nothing in a day',
      entryWith('pattern: { day: [1, -0.5] }'),
      "8:25: a share of the day is '-0.5', a number from 0 on was expected",
    ],
    [
      'a gap in a day',
      entryWith('pattern: { day: [1, "", 1] }'),
      "8:25: a share of the day is '', a number from 0 on was expected",
    ],
    [
      'an unknown choice of lanes',
      entryWith('lanes: roundrobin'),
      "8:12: lanes is 'roundrobin', random, round-robin, least-used or { hash: 200 } was expected",
    ],
    ['a hash of nothing', entryWith('lanes: {}'), `8:12: a choice of lanes with a parameter has no hash, ${KEYS}`],
    [
      'a parameter too many',
      entryWith('lanes: { hash: 2, keys: 2 }'),
      "8:23: 'keys' is no key of a choice of lanes with a parameter, one of hash was expected",
    ],
    ['no keys to hash', entryWith('lanes: { hash: 0 }'), `8:20: hash is '0', ${KEYS}`],
    ['too many keys', entryWith('lanes: { hash: 5000M }'), `8:20: hash is '5000M', ${KEYS}`],
    [
      'too many retries',
      entryWith('retries: 101'),
      "8:14: retries is '101', a whole number from 0 to 100 was expected",
    ],
    ['half a retry', entryWith('retries: 0.5'), "8:14: retries is '0.5', a whole number from 0 to 100 was expected"],
    ['a round trip without unit', entryWith('roundTrip: 1'), `8:16: roundTrip is '1', ${TIME}`],
    ['less than none kept', entryWith('keep: -1'), "8:11: keep is '-1', a whole number from 0 on was expected"],
    [
      'all slots kept',
      entryWith('keep: 28232'),
      '8:11: keep is 28,232, less than 28,232 (the slots of a host to one destination) was expected',
    ],
    ['an unknown key', entryWith('requests: 2'), /^8:5: 'requests' is no key of an entry of traffic, .* was expected$/],
    ['an unknown gateway', entryWith('via: nat'), /^8:10: via is 'nat', one of aws-nat-gateway, .* was expected$/],
    [
      'a gateway with too many addresses',
      entryWith('via: { gateway: aws-nat-gateway, addresses: 9 }'),
      /^8:10: AWS NAT gateway cannot have 9 addresses: Give 8 at most/,
    ],
    ['a gateway that is not named', entryWith('via: { addresses: 2 }'), /^8:10: a gateway has no gateway, one of aws-/],
    [
      'traffic from nowhere',
      `${TIERS}traffic:\n  - { from: prox, to: backend }`,
      "6:13: from is 'prox', the name of a tier (proxy, backend) was expected",
    ],
    [
      'traffic to itself',
      `${TIERS}traffic:\n  - { from: proxy, to: proxy }`,
      "6:24: to is 'proxy', another tier than from was expected",
    ],
    [
      'traffic without end',
      `${TIERS}traffic:\n  - from: proxy`,
      '6:5: an entry of traffic has no to, the name of a tier (proxy, backend) was expected',
    ],
    [
      'the same traffic twice',
      entryWith('rate: 1\n  - { from: proxy, to: backend }'),
      "9:5: traffic from 'proxy' to 'backend' stands in line 6 already, other tiers were expected",
    ],
    [
      'traffic that is no list',
      `${TIERS}traffic: 5/s`,
      "5:10: traffic is '5/s', a list of what passes between tiers was expected",
    ],
    [
      'traffic that is empty',
      `${TIERS}traffic:\n`,
      '5:9: traffic is empty, a list of what passes between tiers was expected',
    ],
  ] as [string, string, string | RegExp][])('%s', (_what, text, expected) => {
    const [first = 'no mistake'] = mistakesOf(text);
    expect(first).toMatch(/^proxy\.yaml:/);
    const mistake = first.slice('proxy.yaml:'.length);
    if (typeof expected === 'string') expect(mistake).toBe(expected);
    else expect(mistake).toMatch(expected);
  });
});
