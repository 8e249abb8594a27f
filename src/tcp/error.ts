/** Stable codes of the errors that a caller may want to tell apart. A code is never renamed. */
export type FourtupleErrorCode =
  | 'FT_ADDRESS'
  | 'FT_ARGUMENT'
  | 'FT_BUSY'
  | 'FT_CAPTURE'
  | 'FT_CHANGED'
  | 'FT_CONFIG'
  | 'FT_HISTORY'
  | 'FT_JOURNAL'
  | 'FT_KERNEL'
  | 'FT_LAB'
  | 'FT_NAMESPACE'
  | 'FT_PORT_RANGE'
  | 'FT_PRIVILEGE'
  | 'FT_PROMETHEUS'
  | 'FT_REMEDY'
  | 'FT_REPORT'
  | 'FT_TOPOLOGY'
  | 'FT_UNSUPPORTED';

/** What is known beside the message: what the reader can do about it, and what caused it. */
export interface FourtupleErrorDetails {
  /** One sentence that says what to do. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The one error type of the program: a stable code, a sentence that names the thing, and a hint at what to do. */
export class FourtupleError extends Error {
  override readonly name: string = 'FourtupleError';
  readonly code: FourtupleErrorCode;
  readonly hint: string | undefined;

  constructor(code: FourtupleErrorCode, message: string, details: FourtupleErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}
