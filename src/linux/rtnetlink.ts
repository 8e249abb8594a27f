import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { Netlink } from './netlink.ts';
import { NetlinkError } from './netlink-error.ts';
import { openNetlink } from './netlink-transport.ts';

const NETLINK_ROUTE = 0;
const { EPERM } = constants.errno;

/**
 * Talks to rtnetlink (links, addresses, routes) of the network namespace that the calling thread is in.
 *
 * @param operation what is done, as it ends the sentence of an error: `add 10.0.0.5/32 to eth0`
 * @throws FourtupleError FT_PRIVILEGE where `work` asks for a change without CAP_NET_ADMIN; FT_UNSUPPORTED where a sandbox
 *   refuses the socket; what `work` throws
 */
export function withRtnetlink<T>(operation: string, work: (netlink: Netlink) => T): T {
  const netlink = new Netlink(openNetlink(NETLINK_ROUTE, operation));
  try {
    return work(netlink);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === EPERM) throw withoutPrivilege(operation, error);
    throw error;
  } finally {
    netlink.close();
  }
}

function withoutPrivilege(operation: string, cause: NetlinkError): FourtupleError {
  return new FourtupleError('FT_PRIVILEGE', `could not ${operation}: this process lacks CAP_NET_ADMIN`, {
    hint: 'Run it as root; CAP_NET_ADMIN must hold in the user namespace that the network namespace belongs to.',
    cause,
  });
}

/** How often a dump is asked for again, where what it shows has changed meanwhile. */
const MOST_DUMPS = 20;

/**
 * Dumps until nothing has changed meanwhile.
 *
 * @param dump asks for all anew, and says whether the kernel could not keep it consistent
 * @throws FourtupleError FT_BUSY where that is so each time
 */
export function untilConsistent(what: string, dump: () => { readonly interrupted: boolean }): void {
  for (let count = 0; count < MOST_DUMPS; count += 1) if (!dump().interrupted) return;
  throw new FourtupleError('FT_BUSY', `${what} changed each time that they were read, ${MOST_DUMPS} times`, {
    hint: 'Try again.',
  });
}
