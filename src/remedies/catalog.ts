import { bindAddressNoPort } from './bind-address-no-port.ts';
import { closeFromOtherEnd } from './close-from-other-end.ts';
import { closeWhatLeaks } from './close-what-leaks.ts';
import { connectTimeout } from './connect-timeout.ts';
import { keepConnections } from './keep-connections.ts';
import { localPortRange } from './local-port-range.ts';
import { lowerFinTimeout } from './lower-fin-timeout.ts';
import { moreDestinationAddresses } from './more-destination-addresses.ts';
import { moreDestinationPorts } from './more-destination-ports.ts';
import { moreSourceAddresses } from './more-source-addresses.ts';
import { recycleTimeWait } from './recycle-time-wait.ts';
import type { Remedy } from './remedy.ts';
import { reserveListeners } from './reserve-listeners.ts';
import { shorterReuseDelay } from './shorter-reuse-delay.ts';
import { spreadDestinations } from './spread-destinations.ts';
import { spreadSources } from './spread-sources.ts';
import { tcpTwRecycle } from './tcp-tw-recycle.ts';
import { tcpTwReuse } from './tcp-tw-reuse.ts';
import { widerRange } from './wider-range.ts';

/** Every remedy there is: what `doctor` ranks, `plan` stacks, `fix` applies and `lab` proves. */
export const REMEDIES: readonly Remedy[] = [
  moreDestinationAddresses,
  moreDestinationPorts,
  widerRange,
  moreSourceAddresses,
  spreadSources,
  spreadDestinations,
  tcpTwReuse,
  shorterReuseDelay,
  tcpTwRecycle,
  recycleTimeWait,
  keepConnections,
  bindAddressNoPort,
  localPortRange,
  reserveListeners,
  closeFromOtherEnd,
  lowerFinTimeout,
  connectTimeout,
  closeWhatLeaks,
];
