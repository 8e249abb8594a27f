import { setTimeout as sleep } from 'node:timers/promises';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import { socketsOf } from '../kernel-counts.ts';
import { join } from '../links.ts';
import { Server } from '../load/way.ts';
import type { Stage } from '../stage.ts';
import { narrowRange } from './narrow-range.ts';
import { PORT } from './places.ts';

export const CLIENT = '10.9.8.1';
export const SERVER = '10.9.8.2';

/** Two hosts, so that what is left at one end is not counted with what is left at the other. */
export interface ClientAndServer {
  readonly client: Host;
  readonly serverHost: Host;
  readonly server: Server;
}

/** A client and a server on one wire. @param ports that the client has, at most */
export function openClientAndServer(stage: Stage, ports: number): ClientAndServer {
  const [client, serverHost] = [stage.host('client'), stage.host('server')];
  narrowRange(client, stage.range, ports);
  join(
    { host: client, link: 'wire', addresses: [`${CLIENT}/24`] },
    { host: serverHost, link: 'wire', addresses: [`${SERVER}/24`] },
  );
  return { client, serverHost, server: new Server(serverHost, SERVER, PORT) };
}

const PAUSE_MS = 1;
const PATIENCE_SECONDS = 30;

/**
 * Waits until the last packets of what was closed have gone to and fro: the end that closes second has its slot until then.
 *
 * @throws FourtupleError FT_LAB where the connections of a host do not end
 */
export async function awaitClosed(host: Host): Promise<void> {
  const end = performance.now() + 1_000 * PATIENCE_SECONDS;
  while (socketsOf(host).inUse > 0) {
    if (performance.now() > end) throw new FourtupleError('FT_LAB', `connections of ${host.name} do not end`);
    await sleep(PAUSE_MS);
  }
}
