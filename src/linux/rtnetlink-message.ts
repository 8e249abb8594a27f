import { type Address, ipv4 } from '../tcp/address.ts';
import { FourtupleError } from '../tcp/error.ts';
import { AF_INET, AF_INET6 } from './inet-diag-message.ts';
import { ATTRIBUTE_HEADER_SIZE, findAttribute, HEADER_SIZE } from './netlink-message.ts';

/** Types of messages and requests (include/uapi/linux/rtnetlink.h). A dump of a kind is answered with its NEW messages. */
export const RtnetlinkType = {
  newLink: 16,
  getLink: 18,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
} as const;

/** Offsets in `struct ifinfomsg`, which follows the netlink header. */
export const LinkOffset = { index: 4, attributes: 16 } as const;
/** Attribute types (IFLA_*). */
export const LinkAttribute = { name: 3, extendedMask: 29 } as const;

/** Offsets in `struct ifaddrmsg` (include/uapi/linux/if_addr.h). */
export const AddressOffset = { family: 0, prefixLength: 1, flags: 2, scope: 3, linkIndex: 4, attributes: 8 } as const;
/** Attribute types (IFA_*). `local` is the link's own address where it has a peer, whose address then is `address`. */
export const AddressAttribute = { address: 1, local: 2, flags: 8 } as const;
/** IFA_F_*. */
export const AddressFlag = { noDad: 0x02, dadFailed: 0x08, tentative: 0x40 } as const;

/** Offsets in `struct rtmsg`. */
export const RouteOffset = {
  family: 0,
  prefixLength: 1,
  table: 4,
  protocol: 5,
  scope: 6,
  type: 7,
  attributes: 12,
} as const;
/** Attribute types (RTA_*). */
export const RouteAttribute = { destination: 1, linkIndex: 4 } as const;
/** RTN_LOCAL: what arrives for it is for this machine. */
export const ROUTE_TYPE_LOCAL = 2;
/** RT_TABLE_LOCAL. */
export const TABLE_LOCAL = 255;

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** A view over one rtnetlink message, moved from message to message. A field is read from the buffer when asked for. */
class RtnetlinkView {
  readonly #bodySize: number;
  #view: DataView;
  #at = 0;
  #end = 0;

  /** @param bodySize bytes of the struct that stands before the attributes */
  constructor(bodySize: number) {
    this.#bodySize = bodySize;
    this.#view = new DataView(new ArrayBuffer(bodySize));
  }

  /**
   * @param length the message's length, netlink header included
   * @throws FourtupleError FT_KERNEL where it is too short
   */
  moveTo(view: DataView, at: number, length: number): void {
    const least = HEADER_SIZE + this.#bodySize;
    if (length < least) throw wrongMessage(`has ${length} bytes, ${least} are needed`);
    this.#view = view;
    this.#at = at + HEADER_SIZE;
    this.#end = at + length;
  }

  protected uint8(offset: number): number {
    return this.#view.getUint8(this.#at + offset);
  }

  protected uint32(offset: number): number {
    return this.#view.getUint32(this.#at + offset, true);
  }

  /** The value of an attribute as bytes of the buffer itself; undefined where there is none of at least `size` bytes. */
  protected attribute(type: number, size: number): DataView | undefined {
    const at = findAttribute(this.#view, this.#at + this.#bodySize, this.#end, type);
    if (at === -2) throw wrongMessage('has an attribute of an impossible length');
    const length = at < 0 ? -1 : this.#view.getUint16(at, true) - ATTRIBUTE_HEADER_SIZE;
    if (length < size) return undefined;
    return new DataView(this.#view.buffer, this.#view.byteOffset + at + ATTRIBUTE_HEADER_SIZE, length);
  }

  protected address(type: number, family: number): Address | undefined {
    if (family === AF_INET) {
      const value = this.attribute(type, IPV4_BYTES);
      return value && ipv4(value.getUint32(0));
    }
    const value = family === AF_INET6 ? this.attribute(type, IPV6_BYTES) : undefined;
    return value && [value.getUint32(0), value.getUint32(4), value.getUint32(8), value.getUint32(12)];
  }
}

/** A link. */
export class LinkView extends RtnetlinkView {
  constructor() {
    super(LinkOffset.attributes);
  }

  get index(): number {
    return this.uint32(LinkOffset.index);
  }

  /** @throws FourtupleError FT_KERNEL where the message has none, which is not so for any link */
  get name(): string {
    const value = this.attribute(LinkAttribute.name, 1);
    if (value === undefined) throw wrongMessage('has no name for its link');
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }
}

/** An address of a link. */
export class AddressView extends RtnetlinkView {
  constructor() {
    super(AddressOffset.attributes);
  }

  /** AF_INET, AF_INET6, or that of another protocol: then there is no address to be read. */
  get family(): number {
    return this.uint8(AddressOffset.family);
  }

  /** In bits of the family's own addresses: 0 to 32, or 128. */
  get prefixLength(): number {
    return this.uint8(AddressOffset.prefixLength);
  }

  get linkIndex(): number {
    return this.uint32(AddressOffset.linkIndex);
  }

  /** IFA_F_*: the attribute has those that the byte has no room for (Linux 3.14). */
  get flags(): number {
    return this.attribute(AddressAttribute.flags, 4)?.getUint32(0, true) ?? this.uint8(AddressOffset.flags);
  }

  /** The link's own address, never its peer's; undefined where the message has none of an IP family. */
  get ownAddress(): Address | undefined {
    const family = this.family;
    return this.address(AddressAttribute.local, family) ?? this.address(AddressAttribute.address, family);
  }
}

/** A route. */
export class RouteView extends RtnetlinkView {
  constructor() {
    super(RouteOffset.attributes);
  }

  /** AF_INET, AF_INET6, or that of another protocol: then there is no destination to be read. */
  get family(): number {
    return this.uint8(RouteOffset.family);
  }

  /** In bits of the family's own addresses: 0 to 32, or 128. */
  get prefixLength(): number {
    return this.uint8(RouteOffset.prefixLength);
  }

  /** Its table, where its number is below 256. */
  get table(): number {
    return this.uint8(RouteOffset.table);
  }

  /** RTN_*. */
  get type(): number {
    return this.uint8(RouteOffset.type);
  }

  /** The first address of its prefix; undefined for a default route. */
  get destination(): Address | undefined {
    return this.address(RouteAttribute.destination, this.family);
  }

  /** 0 where it names none: one over several links. */
  get linkIndex(): number {
    return this.attribute(RouteAttribute.linkIndex, 4)?.getUint32(0, true) ?? 0;
  }
}

function wrongMessage(what: string): FourtupleError {
  return new FourtupleError('FT_KERNEL', `an rtnetlink message ${what}`, {
    hint: 'Please report it with the kernel version.',
  });
}
