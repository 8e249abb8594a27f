import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TcpState } from '../tcp/state.ts';
import { ProcNetTcpLine } from './proc-net-tcp-line.ts';

const ESTABLISHED =
  '   4: 0901000A:B438 0901000A:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4142243 1 00000000aed7ebd4 20 0 0 10 -1                   ';
const TIME_WAIT =
  '   5: 0901000A:B44C 0901000A:1F90 06 00000000:00000000 03:0000171E 00000000     0        0 0 3 0000000035facff6                                      ';
const ORPHAN_FIN_WAIT2 =
  '  16: 00000000000000000000000001000000:8B7E B80D0120000000000000000005000000:2328 05 00000000:00000000 03:0000167E 00000000     0        0 0 3 000000008402a998';

describe('a line of /proc/net/tcp', () => {
  it('is read: a connection of IPv4', () => {
    const line = read(ESTABLISHED);
    expect(line).toMatchObject({ state: TcpState.ESTABLISHED, localPort: 46_136, remotePort: 8080, inode: 4_142_243 });
    expect(line).toMatchObject({ isTimeWait: false, timeWaitLeftMs: -1 });
    expect(addresses(line)).toEqual([0, 0, 0xffff, 0x0a000109, 0, 0, 0xffff, 0x0a000109]);
  });

  it('is read: TIME_WAIT, its ticks of a hundredth of a second', () => {
    expect(read(TIME_WAIT)).toMatchObject({ state: TcpState.TIME_WAIT, isTimeWait: true, timeWaitLeftMs: 59_180 });
  });

  it('is read: an orphan FIN_WAIT2 of IPv6', () => {
    const line = read(ORPHAN_FIN_WAIT2);
    expect(line).toMatchObject({ state: TcpState.FIN_WAIT2, isTimeWait: true, timeWaitLeftMs: 57_580 });
    expect(addresses(line)).toEqual([0, 0, 0, 1, 0x20010db8, 0, 0, 5]);
  });

  it('is refused where it is the header, or says what no socket is', () => {
    for (const text of [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '',
      ESTABLISHED.replace(' 01 ', ' 00 '),
      ESTABLISHED.replace(' 01 ', ' 0C '),
      ESTABLISHED.replace(' 00:00000000', ' 03:00000000'),
      ESTABLISHED.replace('B438', 'B4380'),
      ESTABLISHED.replace('0901000A:B438', '901000A:B438'),
      TIME_WAIT.replace('0000171E', 'FFFFFFFFFFFF'),
    ]) {
      expect(tryRead(text), text).toBeUndefined();
    }
  });

  it('is refused where it is cut before the end of the inode, and read where it is cut behind it', () => {
    const whole = read(ESTABLISHED).inode;
    const end = ESTABLISHED.indexOf(`${whole}`) + `${whole}`.length;
    for (let length = 0; length <= ESTABLISHED.length; length += 1) {
      expect(tryRead(ESTABLISHED.slice(0, length))?.inode).toBe(length > end ? whole : undefined);
    }
  });

  it('reads nothing outside of the line', () => {
    const bytes = Buffer.from(`${TIME_WAIT}${ESTABLISHED}`);
    const line = new ProcNetTcpLine();
    expect(line.read(bytes, TIME_WAIT.length, bytes.length)).toBe(true);
    expect(line.localPort).toBe(46_136);
    expect(line.read(bytes, 0, TIME_WAIT.indexOf(' 3 '))).toBe(false);
  });

  it('never throws, and gives only fields in range, whatever the bytes are', () => {
    const pieces = fc.constantFrom(...'0123456789ABCDEF: -'.split(''), ESTABLISHED.slice(0, 40), ESTABLISHED.slice(40));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.array(pieces).map((text) => Buffer.from(text.join(''))),
        ),
        (bytes) => {
          const line = new ProcNetTcpLine();
          if (!line.read(bytes, 0, bytes.length)) return;
          expect(line.localPort).toBeLessThanOrEqual(65_535);
          expect(line.remotePort).toBeLessThanOrEqual(65_535);
          expect(Number.isSafeInteger(line.inode)).toBe(true);
        },
      ),
    );
  });
});

function tryRead(text: string): ProcNetTcpLine | undefined {
  const bytes = Buffer.from(text);
  const line = new ProcNetTcpLine();
  return line.read(bytes, 0, bytes.length) ? line : undefined;
}

function read(text: string): ProcNetTcpLine {
  const line = tryRead(text);
  if (line === undefined) throw new Error(`not read: ${text}`);
  return line;
}

function addresses(line: ProcNetTcpLine): number[] {
  const words = new Uint32Array(8);
  line.copyAddresses(words);
  return [...words];
}
