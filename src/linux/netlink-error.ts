import { FourtupleError } from '../tcp/error.ts';
import { errnoName } from './libc.ts';

/** What is known of a failed netlink request. */
export interface NetlinkFailure {
  /** What was asked, as it ends a sentence: `list TCP sockets`. */
  readonly operation: string;
  /** The error number that the kernel answered with; positive, 0 where the reply itself was wrong. */
  readonly errno: number;
  /** The kernel's own words (NLMSGERR_ATTR_MSG), where it gave some. */
  readonly extendedText?: string | undefined;
  /** The byte of the request that it objects to (NLMSGERR_ATTR_OFFS). */
  readonly offset?: number | undefined;
  /** What was wrong with the reply, where the kernel reported no error. */
  readonly detail?: string | undefined;
}

/** A netlink request that failed, or a reply that cannot be true. */
export class NetlinkError extends FourtupleError {
  override readonly name = 'NetlinkError';
  readonly errno: number;
  readonly extendedText: string | undefined;
  readonly offset: number | undefined;

  constructor(failure: NetlinkFailure) {
    const reason = [
      failure.errno === 0 ? undefined : errnoName(failure.errno),
      failure.detail,
      failure.extendedText === undefined ? undefined : `kernel: ${failure.extendedText}`,
      failure.offset === undefined ? undefined : `at byte ${failure.offset} of the request`,
    ].filter((part) => part !== undefined);
    super('FT_KERNEL', `netlink: could not ${failure.operation}: ${reason.join(', ')}`);
    this.errno = failure.errno;
    this.extendedText = failure.extendedText;
    this.offset = failure.offset;
  }
}
