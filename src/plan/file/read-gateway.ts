import { isMap } from 'yaml';
import { FourtupleError } from '../../tcp/error.ts';
import type { Gateway, GatewayKind, GatewayUse } from '../gateway.ts';
import { findGateway, GATEWAYS } from '../gateways/gateways.ts';
import { Fields } from './fields.ts';
import { COUNT, SECONDS } from './values.ts';
import type { Kind, YamlFile } from './yaml-file.ts';

const GATEWAY_KEYS = ['gateway', 'addresses', 'portsPerHost', 'timeWait'];

const GATEWAY: Kind<GatewayKind> = {
  expected: `one of ${GATEWAYS.map(({ id }) => id).join(', ')}`,
  read: findGateway,
};

/**
 * Reads `via`: `aws-nat-gateway`, or a mapping with what is set for it.
 *
 * @param hosts that connect through it
 */
export function readGateway(file: YamlFile, fields: Fields, hosts: number): Gateway | null {
  if (!fields.has('via')) return null;
  const value = fields.value('via');
  if (!isMap(value)) return resolveGateway(file, fields, fields.require('via', GATEWAY), { hosts });
  const settings = new Fields(file, value, 'a gateway', GATEWAY_KEYS);
  return resolveGateway(file, fields, settings.require('gateway', GATEWAY), {
    hosts,
    addresses: settings.read('addresses', COUNT, undefined),
    portsPerHost: settings.read('portsPerHost', COUNT, undefined),
    timeWaitSeconds: settings.read('timeWait', SECONDS, undefined),
  });
}

function resolveGateway(
  file: YamlFile,
  fields: Fields,
  kind: GatewayKind | undefined,
  use: GatewayUse,
): Gateway | null {
  try {
    return kind?.resolve(use) ?? null;
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    const hint = error.hint === undefined ? '' : `: ${error.hint}`;
    file.problems.report(fields.offsetOf('via'), `${error.message}${hint}`);
    return null;
  }
}
