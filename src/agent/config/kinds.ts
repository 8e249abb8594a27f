import type { Kind } from '../../plan/file/yaml-file.ts';
import { tryParseSeconds } from '../../tcp/quantity.ts';
import { isHost, type ListenAddress, parseListenAddress } from './listen-address.ts';

export const LISTEN: Kind<ListenAddress> = {
  expected: 'an address such as 127.0.0.1:10404, [::1]:10404, localhost, or :10404 for every one',
  read: parseListenAddress,
};

export const SWITCH: Kind<boolean> = {
  expected: 'on or off',
  read: (text) => (/^(?:on|true|yes)$/.test(text) ? true : /^(?:off|false|no)$/.test(text) ? false : undefined),
};

export const HOST_NAME: Kind<string> = {
  expected: 'a name or an address of a host, with a port or without',
  read: (text) => (isHost(text) || isHostWithPort(text) ? text.toLowerCase() : undefined),
};

function isHostWithPort(text: string): boolean {
  return !text.startsWith(':') && parseListenAddress(text) !== undefined;
}

/** Words that stand for namespaces, and so are no names of any. */
const NAMESPACE_WORDS: readonly string[] = ['auto', 'all', 'own'];

export const NAMESPACE: Kind<string> = {
  expected: 'the name of a network namespace, the PID of a process in it, or its file',
  read: (text) => (isPlain(text) && !text.includes(',') && !NAMESPACE_WORDS.includes(text) ? text : undefined),
};

export const NAMESPACES: Kind<'auto' | 'all' | 'own' | readonly string[]> = {
  expected: 'auto, all, own, or namespaces with commas between',
  read: (text) => {
    if (text === 'auto' || text === 'all' || text === 'own') return text;
    const names = listOf(NAMESPACE).read(text);
    return names === undefined || names.length === 0 ? undefined : names;
  },
};

/** Of what a list may have, with commas between; nothing for none. */
export function listOf(item: Kind<string>): Kind<readonly string[]> {
  return {
    expected: `${item.expected}, or several with commas between`,
    read: (text) => {
      if (text.trim() === '') return [];
      const items = text.split(',').map((part) => item.read(part.trim()));
      return items.includes(undefined) ? undefined : [...new Set(items as string[])];
    },
  };
}

const SHORTEST_INTERVAL = 1;
const LONGEST_INTERVAL = 60;

/** Seconds. */
export const INTERVAL: Kind<number> = {
  expected: 'a time from 1s to 1m',
  read: (text) => within(tryParseSeconds(text), SHORTEST_INTERVAL, LONGEST_INTERVAL),
};

/** 0 to 1. */
export const CPU_SHARE: Kind<number> = {
  expected: 'a part of one core from 0.1% to 100%',
  read: (text) => {
    const percent = /^(\d{1,3}(?:\.\d{1,6})?) ?%$/.exec(text)?.[1];
    return within(percent === undefined ? null : Number(percent) / 100, 0.001, 1);
  },
};

export const LANES: Kind<number> = {
  expected: 'a whole number from 1 to 1000',
  read: (text) => within(/^\d{1,4}$/.test(text) ? Number(text) : null, 1, 1_000),
};

/** `on`, `off`, or a path: a file of that name is written `./on`. */
export const HISTORY: Kind<string> = {
  expected: 'on, off, or the path of a file',
  read: (text) => {
    const isOn = SWITCH.read(text);
    return isOn === undefined ? FILE.read(text) : isOn ? 'on' : 'off';
  },
};

export const FILE: Kind<string> = {
  expected: 'the path of a file',
  read: (text) => (isPlain(text) ? text : undefined),
};

const UNITS: Readonly<Record<string, number>> = {
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const SMALLEST_HISTORY = 16e6;
const LARGEST_HISTORY = 1e12;

/** Bytes. */
export const HISTORY_SIZE: Kind<number> = {
  expected: 'a size from 16MB to 1TB',
  read: (text) => {
    const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?) ?([kKMGT]i?B)$/.exec(text) ?? [];
    return within(Math.floor(Number(number) * (UNITS[unit] ?? Number.NaN)), SMALLEST_HISTORY, LARGEST_HISTORY);
  },
};

function within(value: number | null, least: number, most: number): number | undefined {
  return value !== null && value >= least && value <= most ? value : undefined;
}

/** Something that can be a path, and shown. */
function isPlain(text: string): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,4096}$/u.test(text);
}
