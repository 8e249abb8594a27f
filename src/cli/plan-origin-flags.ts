import type { FlagParametersForType } from '@stricli/core';
import type { OriginFlags } from './plan-flags.ts';
import { parseGrowth } from './plan-grow.ts';

/** What a plan starts from, in place of a topology that flags describe. */
export const ORIGIN_FLAGS: FlagParametersForType<OriginFlags> = {
  fromStatus: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'REPORT',
    brief: 'A machine as it is: a report of status --json, in place of a topology; - for standard input',
  },
  grow: {
    kind: 'parsed',
    parse: parseGrowth,
    optional: true,
    placeholder: 'N',
    brief: 'With --from-status or FILE: so many times the rates that are there, like 2 or 1.5',
  },
};
