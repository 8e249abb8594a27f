import type { GivenFlags } from '../agent/config/settings-in-force.ts';

/** What `agent` is asked for. */
export type AgentFlags = GivenFlags & {
  readonly printConfig?: boolean;
};
