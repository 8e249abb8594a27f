/** What a filter looks at: `struct inet_diag_entry` of the kernel. */
export interface FilterEntry {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** SOCK_BINDPORT_LOCK: bound to a port by bind(). */
  readonly bound: boolean;
}

interface Operation {
  readonly code: number;
  readonly yes: number;
  readonly no: number;
  /** The operand of a comparison: `no` of the operation behind it. */
  readonly port: number;
}

const OPERATION = 4;
const NOP = 0;
const JUMP = 1;
/** INET_DIAG_BC_*: S_GE, S_LE, D_GE, D_LE, S_EQ, D_EQ. */
const COMPARISONS = new Map<number, (entry: FilterEntry, port: number) => boolean>([
  [2, ({ sourcePort }, port) => sourcePort >= port],
  [3, ({ sourcePort }, port) => sourcePort <= port],
  [4, ({ destinationPort }, port) => destinationPort >= port],
  [5, ({ destinationPort }, port) => destinationPort <= port],
  [11, ({ sourcePort }, port) => sourcePort === port],
  [12, ({ destinationPort }, port) => destinationPort === port],
]);
const AUTOMATIC = 6;

function operationAt(program: Uint8Array, at: number): Operation {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const port = at + OPERATION + 4 <= program.length ? view.getUint16(at + OPERATION + 2, true) : 0;
  return { code: view.getUint8(at), yes: view.getUint8(at + 1), no: view.getUint16(at + 2, true), port };
}

/** Whether a socket passes: `inet_diag_bc_run()` of net/ipv4/inet_diag.c. */
export function runFilter(program: Uint8Array, entry: FilterEntry): boolean {
  let left = program.length;
  while (left > 0) {
    const { code, yes, no, port } = operationAt(program, program.length - left);
    const compare = COMPARISONS.get(code);
    const passes = compare?.(entry, port) ?? (code === AUTOMATIC ? !entry.bound : code !== JUMP);
    left -= passes ? yes : no;
  }
  return left === 0;
}

/** `valid_cc()`: whether the path of `yes` jumps goes through the place that has so many bytes left. */
function isOnPath(program: Uint8Array, left: number): boolean {
  for (let rest = program.length; rest >= left; ) {
    if (rest === left) return true;
    const { yes } = operationAt(program, program.length - rest);
    if (yes < OPERATION || yes % OPERATION !== 0) return false;
    rest -= yes;
  }
  return false;
}

/** `inet_diag_bc_audit()`: whether the kernel takes the program; EINVAL where it does not. */
export function isTaken(program: Uint8Array): boolean {
  if (program.length < OPERATION) return false;
  let left = program.length;
  while (left > 0) {
    if (left < OPERATION) return false;
    const { code, yes, no } = operationAt(program, program.length - left);
    const least = COMPARISONS.has(code) ? 2 * OPERATION : OPERATION;
    if (least > left || !(COMPARISONS.has(code) || [NOP, JUMP, AUTOMATIC].includes(code))) return false;
    const isJump = (to: number): boolean => to >= least && to <= left + OPERATION && to % OPERATION === 0;
    if (code !== NOP && (!isJump(no) || (no < left && !isOnPath(program, left - no)))) return false;
    if (!isJump(yes)) return false;
    left -= yes;
  }
  return left === 0;
}
