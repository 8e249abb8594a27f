import type { SettingLine } from '../../linux/sysctl-files.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { FIN_TIMEOUT_ODD_ABOVE_SECONDS, finWait2Seconds } from '../../tcp/fin-wait2.ts';
import { formatCount, formatSeconds } from '../../tcp/number-text.ts';
import { FOLKLORE, type Folklore } from '../folklore.ts';
import type { Finding, Rule } from '../rule.ts';

/** The kernel's default is half the size of its connection table, and more than this but on small machines. */
const FEW_TIME_WAIT_BUCKETS = 32_768;
/** nf_conntrack-sysctl.rst. */
const CONNTRACK_SECONDS: ReadonlyMap<string, number> = new Map([
  ['time_wait', 120],
  ['fin_wait', 120],
  ['close_wait', 60],
]);
const CONNTRACK_NAME = /^net\.(?:netfilter\.nf|ipv4\.netfilter\.ip)_conntrack_tcp_timeout_(\w+)$/;

/** A setting that is passed on as a cure for port exhaustion, and is none. */
interface FolkSetting {
  readonly folklore: Folklore;
  /** Which settings it is about, and with which values. */
  matches(line: SettingLine): boolean;
  /** What it does instead, as the sentence goes on after the setting. */
  effect(line: SettingLine): string;
  readonly remedies?: readonly Remedy[];
}

const FOLK_SETTINGS: readonly FolkSetting[] = [
  {
    folklore: FOLKLORE.twRecycle,
    matches: ({ setting }) => setting === 'net.ipv4.tcp_tw_recycle',
    effect: () => 'a setting that no kernel has had since Linux 4.12',
  },
  {
    folklore: FOLKLORE.finTimeout,
    matches: ({ setting, value }) =>
      setting === 'net.ipv4.tcp_fin_timeout' && isBelow(value, FIN_TIMEOUT_ODD_ABOVE_SECONDS),
    effect: () => 'which never shortens TIME_WAIT',
  },
  {
    folklore: {
      what: 'raise tcp_fin_timeout',
      why: `above ${FIN_TIMEOUT_ODD_ABOVE_SECONDS}, an orphan stays in FIN_WAIT2 for twice the seconds above ${FIN_TIMEOUT_ODD_ABOVE_SECONDS}, and TIME_WAIT lasts as long as ever.`,
    },
    matches: ({ setting, value }) =>
      setting === 'net.ipv4.tcp_fin_timeout' && Number(value) > FIN_TIMEOUT_ODD_ABOVE_SECONDS,
    effect: ({ value }) =>
      `with which an orphan stays in FIN_WAIT2 for ${formatSeconds(finWait2Seconds(Number(value)))}, not ${value} s`,
  },
  {
    folklore: FOLKLORE.maxTwBuckets,
    matches: ({ setting, value }) => setting === 'net.ipv4.tcp_max_tw_buckets' && isBelow(value, FEW_TIME_WAIT_BUCKETS),
    effect: () => 'with which the kernel drops TIME_WAIT sockets that still protect connections',
  },
  {
    folklore: FOLKLORE.conntrackTimeWait,
    matches: ({ setting, value }) =>
      isBelow(value, CONNTRACK_SECONDS.get(CONNTRACK_NAME.exec(setting)?.[1] ?? '') ?? 0),
    effect: () => 'which frees no source port',
  },
  {
    folklore: FOLKLORE.sameParity,
    matches: ({ setting, value }) => setting === 'net.ipv4.ip_local_port_range' && hasSameParity(value),
    effect: () => 'whose ends are both even or both odd, so that connect() can fail while a port is free',
    remedies: [widerRange],
  },
];

/** What the host's sysctl files set and does not help: one finding for each kind. */
export const folkSettings: Rule = {
  code: 'folk-settings',
  *examine({ settingLines }) {
    const effective = [...lastOfEach(settingLines ?? [])];
    for (const folk of FOLK_SETTINGS) {
      const lines = effective.filter((line) => folk.matches(line));
      const [first] = lines;
      if (first !== undefined) yield finding(folk, first, lines);
    }
  },
};

/** Of the lines for one setting the last decides. */
function lastOfEach(lines: readonly SettingLine[]): Iterable<SettingLine> {
  return new Map(lines.map((line) => [line.setting, line])).values();
}

function finding(folk: FolkSetting, first: SettingLine, lines: readonly SettingLine[]): Finding {
  const { folklore, remedies = [] } = folk;
  const others = lines.length - 1;
  const more = others === 0 ? '' : ` (and ${formatCount(others)} more of its kind)`;
  return {
    severity: 'info',
    lane: null,
    summary: `${first.file}:${first.line} sets ${first.setting} = ${first.value}${more}, ${folk.effect(first)}.`,
    explanation: `It is often advised against port exhaustion: ${folklore.why}`,
    evidence: { lines },
    remedies,
    unhelpful: [folklore],
  };
}

function isBelow(value: string, limit: number): boolean {
  return /^\d+$/.test(value) && Number(value) < limit;
}

function hasSameParity(value: string): boolean {
  const [, low, high] = /^(\d+)[\s-]+(\d+)$/.exec(value) ?? [];
  return low !== undefined && high !== undefined && Number(low) % 2 === Number(high) % 2 && low !== high;
}
