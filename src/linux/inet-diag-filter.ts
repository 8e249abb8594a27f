import type { PortRange } from '../tcp/port-range.ts';

/**
 * Filters that the kernel runs on each socket (INET_DIAG_REQ_BYTECODE, `inet_diag_bc_run()`): operations of four bytes,
 * `{ u8 code; u8 yes; u16 no }`, with jumps in bytes relative to the operation. Landing exactly at the end accepts, four
 * bytes beyond rejects. `inet_diag_bc_audit()` walks along the `yes` jumps: they must arrive exactly at the end, and a
 * `no` jump may land only on that path.
 */
const JUMP = 1;
const SOURCE_PORT_AT_LEAST = 2;
const SOURCE_PORT_AT_MOST = 3;
const DESTINATION_PORT_AT_LEAST = 4;
/** True where the kernel chose the port; false for bind() to a port (SOCK_BINDPORT_LOCK). */
const AUTOMATIC_PORT = 6;

const OPERATION_SIZE = 4;
const COMPARE_SIZE = 2 * OPERATION_SIZE;
const RANGE_SIZE = 2 * COMPARE_SIZE;

/** The filter that lets everything pass: none. */
export const NO_FILTER: Uint8Array = new Uint8Array(0);

/** Sockets whose local port is in the range, both ends included. */
export function localPortFilter(range: PortRange): Uint8Array {
  const program = new Program(RANGE_SIZE);
  program.requireLocalPort(range);
  return program.bytes;
}

/**
 * Sockets whose local port is in the range and that are bound: without another end, or bound to a port of their own
 * choice before they connected. TIME_WAIT sockets do not remember it and never pass.
 */
export function boundPortFilter(range: PortRange): Uint8Array {
  const program = new Program(RANGE_SIZE + COMPARE_SIZE + 2 * OPERATION_SIZE);
  program.requireLocalPort(range);
  program.comparePort(DESTINATION_PORT_AT_LEAST, 1, program.accept);
  program.operation(AUTOMATIC_PORT, OPERATION_SIZE, program.accept);
  program.operation(JUMP, OPERATION_SIZE, program.reject);
  return program.bytes;
}

/** Writes operations one after the other; jumps are given as places in the program. */
class Program {
  readonly bytes: Uint8Array;
  readonly accept: number;
  readonly reject: number;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.accept = size;
    this.reject = size + OPERATION_SIZE;
  }

  requireLocalPort(range: PortRange): void {
    this.comparePort(SOURCE_PORT_AT_LEAST, range.low, this.reject);
    this.comparePort(SOURCE_PORT_AT_MOST, range.high, this.reject);
  }

  comparePort(code: number, port: number, otherwise: number): void {
    this.operation(code, COMPARE_SIZE, otherwise);
    this.#write(0, 0, port);
  }

  operation(code: number, yes: number, noAt: number): void {
    this.#write(code, yes, noAt - this.#at);
  }

  #write(code: number, yes: number, no: number): void {
    this.#view.setUint8(this.#at, code);
    this.#view.setUint8(this.#at + 1, yes);
    this.#view.setUint16(this.#at + 2, no, true);
    this.#at += OPERATION_SIZE;
  }
}
