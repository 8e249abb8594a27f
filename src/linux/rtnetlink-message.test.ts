import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress } from '../../test/kit/arbitraries.ts';
import { message } from '../../test/kit/fake-netlink.ts';
import { encodeAttributes } from '../../test/kit/inet-diag-encoder.ts';
import { isIPv4, isLoopback } from '../tcp/address.ts';
import { AddressFlag, AddressView, LinkView, RouteView } from './rtnetlink-message.ts';
import {
  encodeAddressDump,
  encodeDeleteAddress,
  encodeDeleteLocalRoute,
  encodeLinkDump,
  encodeLinkQuery,
  encodeLocalRouteDump,
  encodeNewAddress,
  encodeNewLocalRoute,
} from './rtnetlink-request.ts';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const anyLinkPrefix = anyAddress.chain((address) =>
  fc.record({
    address: fc.constant(address),
    prefixLength: fc.nat(isIPv4(address) ? 32 : 128),
    linkIndex: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  }),
);

/** The message in the middle of a larger buffer, as a receive buffer holds it, among bytes that are not its own. */
function moved<T extends { moveTo(view: DataView, at: number, length: number): void }>(view: T, bytes: Uint8Array): T {
  const buffer = new Uint8Array(bytes.length + 64).fill(0xfe);
  buffer.set(bytes, 24);
  view.moveTo(new DataView(buffer.buffer, 8), 16, bytes.length);
  return view;
}

/** The header: all of it, its type, its flags with NLM_F_REQUEST. */
function expectHeader(bytes: Uint8Array, type: number, flags: number): void {
  const view = viewOf(bytes);
  expect([view.getUint32(0, true), view.getUint16(4, true), view.getUint16(6, true)]).toEqual([
    bytes.length,
    type,
    1 | flags,
  ]);
}

const [ACK, DUMP, EXCL, CREATE] = [0x4, 0x300, 0x200, 0x400];

describe('a message about an address', () => {
  it('says what it was made of', () => {
    fc.assert(
      fc.property(anyLinkPrefix, (wanted) => {
        for (const [bytes, type, flags] of [
          [encodeNewAddress(wanted), 20, ACK | CREATE | EXCL],
          [encodeDeleteAddress(wanted), 21, ACK],
        ] as const) {
          expectHeader(bytes, type, flags);
          const { family, linkIndex, ownAddress, prefixLength, flags: marks } = moved(new AddressView(), bytes);
          expect({ linkIndex, address: ownAddress, prefixLength }).toEqual(wanted);
          expect(family).toBe(isIPv4(wanted.address) ? 2 : 10);
          expect(marks).toBe(isIPv4(wanted.address) ? 0 : AddressFlag.noDad);
          // RT_SCOPE_HOST: no such address is chosen as the source of what leaves the machine.
          expect(bytes[16 + 3]).toBe(isLoopback(wanted.address) ? 254 : 0);
        }
      }),
    );
  });

  /** An answer of the kernel: IPv4, /24, with what the byte for flags has room for. */
  const answer = (attributes: { type: number; value: Uint8Array }[], family = 2): Uint8Array =>
    message({ type: 20, sequence: 1 }, Uint8Array.of(family, 24, 0xc8, 0, 7, 0, 0, 0, ...encodeAttributes(attributes)));

  it('has the flags of the attribute where there is one, else those of the byte', () => {
    const both = answer([{ type: 8, value: new Uint8Array(Uint32Array.of(0x640).buffer) }]);
    expect(moved(new AddressView(), both).flags).toBe(0x640);
    expect(moved(new AddressView(), answer([])).flags).toBe(0xc8);
  });

  it('is about the link’s own address, not about its peer’s', () => {
    const peer = { type: 1, value: Uint8Array.of(10, 0, 0, 2) };
    const own = { type: 2, value: Uint8Array.of(10, 0, 0, 1) };
    for (const attributes of [
      [peer, own],
      [own, peer],
    ]) {
      expect(moved(new AddressView(), answer(attributes)).ownAddress).toEqual([0, 0, 0xffff, 0x0a00_0001]);
    }
    expect(moved(new AddressView(), answer([peer])).ownAddress).toEqual([0, 0, 0xffff, 0x0a00_0002]);
  });

  it('has no address where it holds none of its family', () => {
    expect(moved(new AddressView(), answer([])).ownAddress).toBeUndefined();
    expect(moved(new AddressView(), answer([{ type: 1, value: Uint8Array.of(10, 0, 0) }])).ownAddress).toBeUndefined();
    const other = answer([{ type: 1, value: new Uint8Array(16) }], 12);
    expect(moved(new AddressView(), other).ownAddress).toBeUndefined();
  });

  it('is asked for by family', () => {
    for (const family of [2, 10]) {
      const bytes = encodeAddressDump(family);
      expectHeader(bytes, 22, DUMP);
      expect([...bytes.subarray(16)]).toEqual([family, 0, 0, 0, 0, 0, 0, 0]);
    }
  });
});

describe('a message about a local route', () => {
  it('says what it was made of', () => {
    fc.assert(
      fc.property(anyLinkPrefix, (wanted) => {
        for (const [bytes, type, flags] of [
          [encodeNewLocalRoute(wanted), 24, ACK | CREATE | EXCL],
          [encodeDeleteLocalRoute(wanted), 25, ACK],
        ] as const) {
          expectHeader(bytes, type, flags);
          const route = moved(new RouteView(), bytes);
          const { family, linkIndex, destination, prefixLength, table } = route;
          expect({ linkIndex, address: destination, prefixLength }).toEqual(wanted);
          expect([family, table, route.type]).toEqual([isIPv4(wanted.address) ? 2 : 10, 255, 2]);
          // RTPROT_BOOT: one of the kernel's own (RTPROT_KERNEL, 2) is not meant, not even where it is the same otherwise.
          expect(bytes[16 + 5]).toBe(3);
        }
      }),
    );
  });

  it('of a default route has no destination, of one over several links no link', () => {
    const bytes = message({ type: 24, sequence: 1 }, Uint8Array.of(10, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0));
    const route = moved(new RouteView(), bytes);
    expect([route.destination, route.linkIndex]).toEqual([undefined, 0]);
  });

  it('is asked for by family, table and type', () => {
    for (const family of [2, 10]) {
      const bytes = encodeLocalRouteDump(family);
      expectHeader(bytes, 26, DUMP);
      expect([...bytes.subarray(16)]).toEqual([family, 0, 0, 0, 255, 0, 0, 2, 0, 0, 0, 0]);
    }
  });
});

describe('a message about a link', () => {
  it('has its name, which is what it is asked for by', () => {
    for (const name of ['lo', 'eth0', 'a', 'größe', '123456789012345']) {
      const bytes = encodeLinkQuery(name);
      expectHeader(bytes, 18, 0);
      const link = moved(new LinkView(), bytes);
      expect([link.name, link.index]).toEqual([name, 0]);
    }
    expectHeader(encodeLinkDump(), 18, DUMP);
  });

  it('has its index', () => {
    const name = encodeAttributes([{ type: 3, value: Uint8Array.of(108, 111) }]);
    const body = Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, ...name);
    const link = moved(new LinkView(), message({ type: 16, sequence: 1 }, body));
    expect([link.index, link.name]).toEqual([0x0403_0201, 'lo']);
  });

  it('without a name is refused', () => {
    const link = moved(new LinkView(), encodeLinkDump());
    expect(() => link.name).toThrow(expect.objectContaining({ code: 'FT_KERNEL' }));
  });
});

describe('an rtnetlink message that cannot be true', () => {
  it.each([
    ['link', new LinkView(), 16],
    ['address', new AddressView(), 8],
    ['route', new RouteView(), 12],
  ])('is refused where it is shorter than the %s that it is about', (_, view, size) => {
    const bytes = (length: number) => () => view.moveTo(new DataView(new ArrayBuffer(64)), 0, length);
    expect(bytes(16 + size - 1)).toThrow(`${16 + size} are needed`);
    expect(bytes(16 + size)).not.toThrow();
  });

  it('is refused where an attribute is longer than it', () => {
    const bytes = encodeNewAddress({ linkIndex: 1, address: [0, 0, 0xffff, 1], prefixLength: 32 });
    viewOf(bytes).setUint16(24, bytes.length, true);
    const address = moved(new AddressView(), bytes);
    expect(() => address.ownAddress).toThrow('impossible length');
  });
});
