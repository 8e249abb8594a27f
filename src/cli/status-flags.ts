import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';

/** What `status` is asked for. */
export interface StatusFlags {
  readonly netns?: string;
  readonly all?: boolean;
  readonly top?: number;
  readonly lane?: LanePattern;
  readonly json?: boolean;
  /** Milliseconds. */
  readonly owners: number;
  readonly from?: string;
  readonly range?: PortRange;
  readonly reserved?: PortSet;
  readonly listening?: PortSet;
}
