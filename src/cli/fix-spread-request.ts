import type { CgroupWanted } from '../linux/find-cgroup.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { parseDestinationRules } from '../tcp/destination-rule.ts';
import { parseEndpoint, parseEndpoints } from '../tcp/endpoint.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Spread } from '../tcp/spread.ts';
import { checkSpread } from '../tcp/spread-check.ts';
import { parseSources } from '../tcp/spread-source.ts';
import type { FixFlags } from './fix-flags.ts';

/** One of the remedies that spread connections. */
export type SpreadRemedy = Remedy & { readonly spreads: NonNullable<Remedy['spreads']> };

/**
 * What is to be spread.
 *
 * @throws FourtupleError FT_ARGUMENT naming the flag that is missing, or the part that cannot be
 */
export function spreadOf(flags: FixFlags, kind: SpreadRemedy['spreads']): Spread {
  const spread: Spread =
    kind === 'sources'
      ? {
          kind,
          sources: parseSources(flags.sources ?? missing('from which addresses? --sources 10.0.0.10-10.0.0.17')),
          to: parseDestinationRules(flags.to ?? missing('connections to where? --to 10.0.1.9:8080')),
        }
      : {
          kind,
          from: parseEndpoint(flags.from ?? missing('which destination do they ask for? --from 10.0.1.9:8080')),
          over: parseEndpoints(flags.over ?? missing('where are they to go? --over 10.0.1.9:8080-8083')),
        };
  checkSpread(spread);
  return spread;
}

/**
 * Whose connections are meant.
 *
 * @throws FourtupleError FT_ARGUMENT where none or several are named
 */
export function cgroupWanted({ cgroup, unit, pid, container }: FixFlags): CgroupWanted {
  const wanted: CgroupWanted[] = [
    ...(cgroup === undefined ? [] : [{ by: 'path', path: cgroup } as const]),
    ...(unit === undefined ? [] : [{ by: 'unit', unit } as const]),
    ...(pid === undefined ? [] : [{ by: 'pid', pid } as const]),
    ...(container === undefined ? [] : [{ by: 'container', id: container } as const]),
  ];
  const [first, ...more] = wanted;
  if (first === undefined)
    return missing('whose connections? --unit haproxy, --pid 811, --container ID or --cgroup PATH');
  if (more.length === 0) return first;
  throw new FourtupleError(
    'FT_ARGUMENT',
    'one of --cgroup, --unit, --pid and --container says whose connections are meant',
  );
}

function missing(message: string): never {
  throw new FourtupleError('FT_ARGUMENT', message, { hint: '`fourtuple fix --help` has examples.' });
}
