/** Netlink framing (include/uapi/linux/netlink.h): named offsets, host byte order, everything aligned to four bytes. */

export const HEADER_SIZE = 16;
const LENGTH = 0;
const TYPE = 4;
const FLAGS = 6;
const SEQUENCE = 8;

/** Where the error number of NLMSG_ERROR and NLMSG_DONE stands. */
const ERROR_NUMBER = 16;
/** In NLMSG_ERROR the failed request follows the error number. */
const ECHOED_REQUEST = 20;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;

const NLM_F_REQUEST = 0x001;

/** Answer also where all went well. */
export const NLM_F_ACK = 0x004;
export const NLM_F_DUMP = 0x300;
/** In a reply: the dump is not consistent. */
export const NLM_F_DUMP_INTR = 0x010;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;

const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;

export const ATTRIBUTE_HEADER_SIZE = 4;
/** The two high bits of an attribute's type are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER). */
const ATTRIBUTE_TYPE_MASK = 0x3fff;

export function align4(length: number): number {
  return length + (-length & 3);
}

export const messageLength = (view: DataView, at: number): number => view.getUint32(at + LENGTH, true);
export const messageType = (view: DataView, at: number): number => view.getUint16(at + TYPE, true);
export const messageFlags = (view: DataView, at: number): number => view.getUint16(at + FLAGS, true);
export const messageSequence = (view: DataView, at: number): number => view.getUint32(at + SEQUENCE, true);

/** Writes a header at the start of a message that fills the whole buffer. */
export function encodeHeader(message: Uint8Array, type: number, flags: number): void {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  view.setUint32(LENGTH, message.byteLength, true);
  view.setUint16(TYPE, type, true);
  view.setUint16(FLAGS, NLM_F_REQUEST | flags, true);
}

export function stampSequence(message: Uint8Array, sequence: number): void {
  writeSequence(new DataView(message.buffer, message.byteOffset, message.byteLength), 0, sequence);
}

/** Like {@link stampSequence}, for the message that starts at `at`. */
export const writeSequence = (view: DataView, at: number, sequence: number): void =>
  view.setUint32(at + SEQUENCE, sequence, true);

/**
 * Finds an attribute by its type among those from `at` to `end`; others are skipped by their length.
 *
 * @returns the offset of its header, -1 where there is none, -2 where a length is impossible
 */
export function findAttribute(view: DataView, at: number, end: number, type: number): number {
  let cursor = at;
  while (cursor + ATTRIBUTE_HEADER_SIZE <= end) {
    const length = view.getUint16(cursor, true);
    if (length < ATTRIBUTE_HEADER_SIZE || cursor + length > end) return -2;
    if ((view.getUint16(cursor + 2, true) & ATTRIBUTE_TYPE_MASK) === type) return cursor;
    cursor += align4(length);
  }
  return -1;
}

/** An error as the kernel reports it. */
export interface KernelError {
  /** Positive; 0 is success. */
  readonly errno: number;
  readonly extendedText: string | undefined;
  readonly offset: number | undefined;
}

/** The error number alone, without an object: positive; 0 is success. */
export function readErrorNumber(view: DataView, at: number, length: number): number {
  return length < ERROR_NUMBER + 4 ? 0 : Math.abs(view.getInt32(at + ERROR_NUMBER, true));
}

/** Reads an NLMSG_ERROR, or the status that NLMSG_DONE ends a dump with; with the extended text where it is there. */
export function readKernelError(view: DataView, at: number, length: number): KernelError {
  const end = at + length;
  const errno = readErrorNumber(view, at, length);
  if (length < ERROR_NUMBER + 4) return { errno, extendedText: undefined, offset: undefined };
  const flags = messageFlags(view, at);
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno, extendedText: undefined, offset: undefined };
  const attributes = at + attributesOffset(view, at, length, flags);
  return {
    errno,
    extendedText: readText(view, findAttribute(view, attributes, end, NLMSGERR_ATTR_MSG)),
    offset: readNumber(view, findAttribute(view, attributes, end, NLMSGERR_ATTR_OFFS)),
  };
}

function attributesOffset(view: DataView, at: number, length: number, flags: number): number {
  if (messageType(view, at) === NLMSG_DONE) return ERROR_NUMBER + 4;
  const echoed =
    (flags & NLM_F_CAPPED) !== 0 || length < ECHOED_REQUEST + 4
      ? HEADER_SIZE
      : messageLength(view, at + ECHOED_REQUEST);
  return ECHOED_REQUEST + align4(echoed);
}

function readText(view: DataView, attribute: number): string | undefined {
  if (attribute < 0) return undefined;
  const size = view.getUint16(attribute, true) - ATTRIBUTE_HEADER_SIZE;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + attribute + ATTRIBUTE_HEADER_SIZE, size);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function readNumber(view: DataView, attribute: number): number | undefined {
  if (attribute < 0 || view.getUint16(attribute, true) < ATTRIBUTE_HEADER_SIZE + 4) return undefined;
  return view.getUint32(attribute + ATTRIBUTE_HEADER_SIZE, true);
}
