import type { FlagParametersForType } from '@stricli/core';
import { FourtupleError } from '../tcp/error.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';

/** What `history` is asked for. */
export interface HistoryFlags {
  readonly lane?: LanePattern;
  readonly netns?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly top?: number;
  readonly json?: boolean;
  /** The file. */
  readonly history?: string;
}

export const HISTORY_FLAG: FlagParametersForType<{ readonly history?: string }>['history'] = {
  kind: 'parsed',
  parse: String,
  optional: true,
  placeholder: 'FILE',
  brief:
    'The history, where the agent keeps it elsewhere than in /var/lib/fourtuple/history.db (FOURTUPLE_STATE_DIRECTORY)',
};

/** @throws FourtupleError FT_ARGUMENT where the span is none */
export function checkSpan({ since, until }: HistoryFlags): void {
  if (since < until) return;
  throw new FourtupleError('FT_ARGUMENT', '--since is not before --until', {
    hint: "Write --since 2h --until '1h ago', or leave out --until.",
  });
}
