import { afterEach, beforeEach } from 'vitest';
import { closeAllSockets } from './native-socket.ts';
import {
  currentNamespace,
  enter,
  enterNewNamespace,
  forgetNamespaces,
  type NetworkNamespace,
  whyNoNamespaces,
} from './network-namespace.ts';
import { endProcesses } from './socket-sharing.ts';

/**
 * Runs each test of the suite it is called in (or of the file) in a network namespace of its own, with loopback up and
 * the kernel's own settings, and ends what the test has started there: sockets, processes, other namespaces. Skips the
 * tests, and says why, where no namespace can be made.
 */
export function usesPrivateNamespace(): void {
  let home: NetworkNamespace | undefined;
  beforeEach(({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
    home = currentNamespace();
    enterNewNamespace();
  });
  afterEach(async () => {
    closeAllSockets();
    await endProcesses();
    if (home !== undefined) enter(home);
    home = undefined;
    forgetNamespaces();
  });
}
