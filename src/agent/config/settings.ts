import { wordOf } from '../../plan/file/values.ts';
import {
  CPU_SHARE,
  FILE,
  HISTORY,
  HISTORY_SIZE,
  HOST_NAME,
  INTERVAL,
  LANES,
  LISTEN,
  listOf,
  NAMESPACE,
  NAMESPACES,
  SWITCH,
} from './kinds.ts';
import type { ListenAddress } from './listen-address.ts';
import type { Setting } from './setting.ts';

/** What each setting comes to. */
export interface SettingValues {
  readonly listen: ListenAddress;
  readonly open: boolean;
  /** `auto`, `none`, or a path. */
  readonly tokenFile: string;
  readonly hostNames: readonly string[];
  readonly namespaces: 'auto' | 'all' | 'own' | readonly string[];
  /** Seconds. */
  readonly interval: number;
  /** 0 to 1. */
  readonly cpuBudget: number;
  readonly lanes: number;
  /** `on`, `off`, or a path. */
  readonly history: string;
  /** Bytes. */
  readonly historySize: number;
  readonly refusals: boolean;
  readonly closes: boolean;
  readonly log: 'text' | 'json';
}

export type SettingName = keyof SettingValues;

/**
 * All that can be set, by its key in the file. Flags (`--cpu-budget`), variables of the environment
 * (`FOURTUPLE_CPU_BUDGET`), the table in docs/agent.md and `--print-config` are made from it.
 */
export const SETTINGS: { readonly [Name in SettingName]: Setting<SettingValues[Name]> } = {
  listen: {
    kind: LISTEN,
    initial: '127.0.0.1:10404',
    placeholder: 'HOST:PORT',
    help: 'Where dashboard, JSON and metrics are served: `:10404` is every address; one that is not loopback needs a token or `open`',
  },
  open: {
    kind: SWITCH,
    isSwitch: true,
    initial: 'off',
    placeholder: 'on|off',
    help: 'Lets everybody read who reaches the address, without a token',
  },
  tokenFile: {
    kind: FILE,
    initial: 'auto',
    placeholder: 'FILE|none',
    help: 'The file with the token that readers must show (`Authorization: Bearer …`), which nobody else may read; `auto` is the credential `token` of systemd, where there is one',
  },
  hostNames: {
    kind: listOf(HOST_NAME),
    item: HOST_NAME,
    initial: '',
    placeholder: 'NAME,…',
    help: 'Names of this machine that requests may be addressed to, beside loopback and the address it listens on',
  },
  namespaces: {
    kind: NAMESPACES,
    item: NAMESPACE,
    initial: 'auto',
    placeholder: 'NAME,…|all|own',
    help: 'The network namespaces to watch: names of `ip netns`, PIDs or files; `auto` is all of them with CAP_SYS_ADMIN, else its own',
  },
  interval: {
    kind: INTERVAL,
    initial: '1s',
    placeholder: 'TIME',
    help: 'From one sample to the next, 1s to 1m; longer by itself where samples cost more than `cpuBudget`',
  },
  cpuBudget: {
    kind: CPU_SHARE,
    initial: '1%',
    placeholder: 'PERCENT',
    help: 'What samples may cost, of one core',
  },
  lanes: {
    kind: LANES,
    initial: '50',
    placeholder: 'N',
    help: 'How many lanes of each namespace have figures of their own, the fullest; the others are one sum',
  },
  history: {
    kind: HISTORY,
    initial: 'on',
    placeholder: 'FILE|off',
    help: 'Where the past is kept; `on` is `history.db` in the state directory',
  },
  historySize: {
    kind: HISTORY_SIZE,
    initial: '256MB',
    placeholder: 'SIZE',
    help: 'What the history takes on the disk at most',
  },
  refusals: {
    kind: SWITCH,
    isSwitch: true,
    initial: 'on',
    placeholder: 'on|off',
    help: 'Counts the connects that found no port, where tracefs may be used',
  },
  closes: {
    kind: SWITCH,
    isSwitch: true,
    initial: 'on',
    placeholder: 'on|off',
    help: 'Counts the slots that are given up, which makes rates exact',
  },
  log: {
    kind: wordOf(['text', 'json']),
    initial: 'text',
    placeholder: 'text|json',
    help: 'How events are written to stderr, one line each',
  },
};

/** In the order in which they are shown. */
export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS) as SettingName[];
