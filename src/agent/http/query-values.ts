import * as v from 'valibot';
import { printable } from '../../linux/printable.ts';
import { formatAddress, tryParseAddress } from '../../tcp/address.ts';
import { type AddressBlock, parseAddressBlock } from '../../tcp/address-block.ts';
import { tryParsePort } from '../../tcp/endpoint-text.ts';

/** What each parameter may look like, for hints. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  at: '2026-11-20T03:12:00Z',
  destination: '10.0.1.9',
  device: 'eth0',
  namespace: 'host',
  port: '8080',
  rows: '600',
  since: '2026-11-20T03:00:00Z',
  source: '10.0.0.5',
  top: '20',
  until: '2026-11-20T04:00:00Z',
};

const LONGEST_NAMESPACE = 256;

/** Messages complete `port is 'x', which is not …`. */
function read<T>(parse: (text: string) => T | undefined, what: string): v.GenericSchema<string, T> {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: what });
      return NEVER;
    }),
  );
}

export const namespace: v.GenericSchema<string, string> = read(
  (text) => (text !== '' && text.length <= LONGEST_NAMESPACE && text === printable(text) ? text : undefined),
  'the label of a namespace',
);

export const address: v.GenericSchema<string, string> = read(canonicalAddress, 'an IP address');

/** As written, where it was understood; `*` and blocks too. */
export const addresses: v.GenericSchema<string, AddressBlock> = read(
  tryParseBlock,
  'an IP address, a block of addresses or *',
);

export const port: v.GenericSchema<string, number> = read(tryParsePort, 'a port from 1 to 65535');

export const device: v.GenericSchema<string, string> = read(
  (text) => (/^[^\s/]{1,15}$/u.test(text) && text === printable(text) ? text : undefined),
  'the name of an interface',
);

/** In milliseconds since 1970. */
export const instant: v.GenericSchema<string, number> = read(
  tryParseInstant,
  'an instant in RFC 3339 or in seconds since 1970',
);

export function wholeNumber(least: number, most: number): v.GenericSchema<string, number> {
  return read(
    (text) => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
    `a whole number from ${least} to ${most}`,
  );
}

/** A zone, which some addresses of lanes have, stays as it is. */
function canonicalAddress(text: string): string | undefined {
  const [, host = '', zone = ''] = /^([^%]*)(%[^\s/]{1,15})?$/u.exec(text) ?? [];
  const parsed = tryParseAddress(host);
  return parsed === undefined || zone !== printable(zone) ? undefined : `${formatAddress(parsed)}${zone}`;
}

function tryParseBlock(text: string): AddressBlock | undefined {
  try {
    return parseAddressBlock(text.replace(/%[^/]*$/, ''));
  } catch {
    return undefined;
  }
}

const EPOCH_SECONDS = /^\d{1,11}(?:\.\d{1,6})?$/;
// In a query a + that is not encoded stands for a space.
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+ -](?:[01]\d|2[0-3]):[0-5]\d)$/;

function tryParseInstant(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1_000;
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  // Date.parse() takes the 31st of each month.
  if (day === 0 || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day || month > 12) return undefined;
  const ms = Date.parse(
    text
      .replace(/^(.{10})./, '$1T')
      .replace(/ (?=\d\d:\d\d$)/, '+')
      .toUpperCase(),
  );
  return Number.isNaN(ms) ? undefined : ms;
}
