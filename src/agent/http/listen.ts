import { once } from 'node:events';
import type { Server } from 'node:http';
import { FourtupleError } from '../../tcp/error.ts';
import type { ListenConfig } from '../config/agent-config.ts';

/**
 * Starts to listen.
 *
 * @throws FourtupleError FT_BUSY for a port in use, FT_PRIVILEGE for one that is not permitted, FT_ADDRESS for an address
 *   that this machine does not have, FT_UNSUPPORTED for a family that it does not have
 */
export async function listen(server: Server, address: string, { host, port }: ListenConfig): Promise<void> {
  try {
    server.listen({ host: address, port });
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, host, port);
  }
}

function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): FourtupleError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new FourtupleError('FT_BUSY', `port ${port} of ${host} is in use: is an agent running already?`, {
        hint: `ss -ltnp 'sport = :${port}' shows who listens there; --listen HOST:PORT takes another port.`,
        cause,
      });
    case 'EACCES':
      return new FourtupleError('FT_PRIVILEGE', `port ${port} of ${host} may not be listened on`, {
        hint: 'Ports below 1024 (sysctl net.ipv4.ip_unprivileged_port_start) need CAP_NET_BIND_SERVICE: take 10404.',
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return new FourtupleError('FT_ADDRESS', `this machine has no address ${host}`, {
        hint: 'ip -brief address shows those that it has; 127.0.0.1 is always one.',
        cause,
      });
    case 'EAFNOSUPPORT':
      return new FourtupleError('FT_UNSUPPORTED', `this kernel has no addresses like ${host}`, {
        hint: 'Listen on 127.0.0.1.',
        cause,
      });
    default:
      return new FourtupleError('FT_KERNEL', `cannot listen on ${host}, port ${port}: ${cause.message}`, { cause });
  }
}
