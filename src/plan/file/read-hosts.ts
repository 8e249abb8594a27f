import { isSeq, type Node } from 'yaml';
import { formatCount } from '../../tcp/number-text.ts';
import { parsePortList } from '../../tcp/port-list.ts';
import { LINUX_DEFAULT_RANGE } from '../../tcp/port-range.ts';
import { PortSet } from '../../tcp/port-set.ts';
import { LINUX_TIME_WAIT_MS } from '../../tcp/time-wait.ts';
import type { HostSettings } from '../topology.ts';
import { Fields } from './fields.ts';
import { quote } from './problems.ts';
import { COUNT, NAME, PORT_COUNT, PORTS, RANGE, SECONDS, SECONDS_OR_FALSE, YES_OR_NO } from './values.ts';
import { type Kind, lengthOf, type YamlFile } from './yaml-file.ts';

/** One entry of `tiers`: hosts that are alike. */
export interface Hosts {
  readonly name: string;
  readonly replicas: number;
  /** Addresses of each host that others connect to. */
  readonly addresses: number;
  /** Addresses of each host that it connects from. */
  readonly sourceAddresses: number;
  /** Ports of each address that others connect to. */
  readonly ports: number;
  readonly settings: HostSettings;
}

/** In characters. Linux takes 4,095 of them at once (`proc_do_large_bitmap()`); so many are read in a tenth of a second. */
const LONGEST_PORT_LIST = 5_000;

const KEYS = [
  'name',
  'replicas',
  'addresses',
  'sourceAddresses',
  'ports',
  'range',
  'reserved',
  'listening',
  'boundBeforeConnect',
  'timeWait',
  'reuse',
];

/** Reads the entries of `tiers`. @returns undefined where not all have a name of their own, which is reported. */
export function readAllHosts(file: YamlFile, items: readonly Node[]): Hosts[] | undefined {
  const lines = new Map<string, number>();
  const tiers: Hosts[] = [];
  for (const item of items) {
    const fields = new Fields(file, item, 'a tier', KEYS);
    const hosts = readHosts(file, fields);
    if (hosts === undefined) continue;
    const offset = fields.offsetOf('name');
    const line = lines.get(hosts.name);
    if (line === undefined) {
      lines.set(hosts.name, file.problems.lineOf(offset));
      tiers.push(hosts);
    } else {
      const message = `a tier ${quote(hosts.name)} stands in line ${line} already, another name was expected`;
      file.problems.report(offset, message);
    }
  }
  return tiers.length === items.length ? tiers : undefined;
}

function readHosts(file: YamlFile, fields: Fields): Hosts | undefined {
  const name = fields.require('name', NAME);
  const addresses = fields.read('addresses', COUNT, 1);
  const hosts = {
    replicas: fields.read('replicas', COUNT, 1),
    addresses,
    sourceAddresses: fields.read('sourceAddresses', COUNT, addresses),
    ports: fields.read('ports', PORT_COUNT, 1),
    settings: {
      range: fields.read('range', RANGE, LINUX_DEFAULT_RANGE),
      reserved: readPorts(file, fields, 'reserved'),
      listening: [...readPorts(file, fields, 'listening')],
      boundBeforeConnect: fields.read('boundBeforeConnect', YES_OR_NO, false),
      timeWaitSeconds: fields.read('timeWait', SECONDS, LINUX_TIME_WAIT_MS / 1_000),
      reuseDelaySeconds: fields.read('reuse', SECONDS_OR_FALSE, null),
    },
  };
  return name === undefined ? undefined : { name, ...hosts };
}

/** `8080,9000-9003`, or a list of such. */
function readPorts(file: YamlFile, fields: Fields, key: string): PortSet {
  const value = fields.value(key);
  if (value !== null && lengthOf(value) > LONGEST_PORT_LIST) {
    const [length, most] = [formatCount(lengthOf(value)), formatCount(LONGEST_PORT_LIST)];
    file.problems.report(fields.offsetOf(key), `${key} takes ${length} characters, at most ${most} were expected`);
    return new PortSet();
  }
  if (!isSeq<Node | null>(value)) return fields.read(key, PORTS, new PortSet());
  const texts = value.items.map((item) => file.read(item, fields.offsetOf(key), key, PORTS_TEXT) ?? '');
  return parsePortList(texts.join(','));
}

const PORTS_TEXT: Kind<string> = {
  expected: PORTS.expected,
  read: (text) => (PORTS.read(text) === undefined ? undefined : text),
};
