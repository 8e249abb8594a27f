import { type Address, ANY_IPV6, tryParseAddress } from '../../tcp/address.ts';
import { MAX_PORT } from '../../tcp/port-range.ts';
import type { Zones } from './zones.ts';

const MAPPED_PREFIX = 0xffff;
const COLON = 0x3a;
const STAR = 0x2a;
const DOT = 0x2e;
const ZERO = 0x30;
/** Distinct addresses that are remembered: a hostile capture must not fill the memory with them. */
const MOST_REMEMBERED = 65_536;

/** `http`, `proxy-1.core`: what stands in place of a number where `-n` is missing. */
const NAME = /^[a-z][a-z0-9]*(?:[-_.+/][a-z0-9]+)*\.?$/i;
const LONGEST_NAME = 255;

/** `10.0.0.5%eth0`, `[fe80::1]%eth0` (what ss prints), `fe80::1%eth0`; `[fe80::1%eth0]` (what people write). */
const HOST = /^(?:\[(?<bracketed>[^[\]%]+)\]|(?<plain>[^[\]%]+))(?:%(?<zone>[^[\]%/]+))?$/;
const HOST_WITH_ZONE_INSIDE = /^\[(?<bracketed>[^[\]%]+)%(?<zone>[^[\]%/]+)\]$/;

interface Host {
  /** undefined: no address. */
  readonly address: Address | undefined;
  readonly zone: number;
  readonly ipv6Only: boolean | undefined;
  readonly isName: boolean;
}

/**
 * Reads endpoints as ss and netstat print them: `10.0.0.5:80`, `10.0.0.5%eth0:80`, `[fe80::1]%eth0:80`, `::1:80`, `*:80`,
 * `0.0.0.0:*`. It holds what the endpoint read last says.
 */
export class Endpoint {
  /** 0 for `*`. */
  port = 0;
  /** A number of {@link Zones}, 0 for none. */
  zone = 0;
  /** What the text tells about IPV6_V6ONLY: ss prints `*` for a socket of both families and `[::]` for IPv6 only. */
  ipv6Only: boolean | undefined = undefined;
  /** Whether the port cannot be the start of a longer one: `8080` cannot, `80` can be a piece of it. */
  isPortWhole = false;
  /** Whether the text is no endpoint because a name stands in place of a number. */
  isName = false;

  readonly #zones: Zones;
  readonly #hosts = new Map<string, Host>();

  constructor(zones: Zones) {
    this.#zones = zones;
  }

  /**
   * Reads `bytes[start..end)` and puts its address in four words at `into[word]`.
   *
   * @returns false where it is no endpoint; the fields other than `isName` are void then.
   */
  read(bytes: Buffer, start: number, end: number, into: Uint32Array, word: number): boolean {
    this.isName = false;
    const colon = this.#readPort(bytes, start, end);
    if (colon < 0) return false;
    this.zone = 0;
    this.ipv6Only = undefined;
    const bits = ipv4Bits(bytes, start, colon);
    if (bits < 0) {
      if (colon - start > LONGEST_NAME) return false;
      return this.#readHost(bytes.toString('latin1', start, colon), into, word) && this.port >= 0;
    }
    into[word] = 0;
    into[word + 1] = 0;
    into[word + 2] = MAPPED_PREFIX;
    into[word + 3] = bits;
    return this.port >= 0;
  }

  /** @returns where the colon before the port is, -1 for none. The port is -1 where it is a name. */
  #readPort(bytes: Buffer, start: number, end: number): number {
    let colon = end - 1;
    while (colon > start && bytes[colon] !== COLON) colon -= 1;
    if (colon <= start || colon === end - 1) return -1;
    if (colon === end - 2 && bytes[end - 1] === STAR) {
      this.port = 0;
      this.isPortWhole = true;
      return colon;
    }
    this.port = decimal(bytes, colon + 1, end);
    this.isPortWhole = this.port * 10 > MAX_PORT;
    if (this.port >= 0) return this.port <= MAX_PORT ? colon : -1;
    this.isName = end - colon <= LONGEST_NAME && NAME.test(bytes.toString('latin1', colon + 1, end));
    return this.isName ? colon : -1;
  }

  #readHost(text: string, into: Uint32Array, word: number): boolean {
    let host = this.#hosts.get(text);
    if (host === undefined) {
      host = parseHost(text, this.#zones);
      if (this.#hosts.size === MOST_REMEMBERED) this.#hosts.clear();
      this.#hosts.set(text, host);
    }
    if (host.address === undefined) {
      this.isName = host.isName;
      return false;
    }
    this.zone = host.zone;
    this.ipv6Only = host.ipv6Only;
    for (let index = 0; index < 4; index += 1) into[word + index] = host.address[index] as number;
    return true;
  }
}

function parseHost(text: string, zones: Zones): Host {
  const parts = HOST.exec(text) ?? HOST_WITH_ZONE_INSIDE.exec(text);
  const inner = parts?.groups?.bracketed ?? parts?.groups?.plain ?? '';
  const zone = parts?.groups?.zone;
  const address = inner === '*' ? ANY_IPV6 : tryParseAddress(inner);
  return {
    address,
    zone: address === undefined || zone === undefined ? 0 : zones.number(zone),
    ipv6Only: inner === '*' ? false : text.startsWith('[::]') ? true : undefined,
    isName: NAME.test(inner),
  };
}

/** A decimal number of at most five digits without leading zeros, -1 where it is none. */
function decimal(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > 5 || (length > 1 && bytes[start] === ZERO)) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** The address of dotted IPv4 in `bytes[start..end)`, -1 for anything else. */
function ipv4Bits(bytes: Buffer, start: number, end: number): number {
  if (end - start > 15) return -1;
  let bits = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === DOT) {
      if (digits === 0) return -1;
      bits = bits * 256 + part;
      part = 0;
      digits = 0;
      dots += 1;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) return -1;
    // No leading zeros: some tools read them as octal.
    if (digits > 0 && part === 0) return -1;
    part = part * 10 + digit;
    digits += 1;
    if (part > 255) return -1;
  }
  return dots === 3 && digits > 0 ? bits * 256 + part : -1;
}
