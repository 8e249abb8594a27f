import type { Rule } from './rule.ts';
import { closeWaitLeak } from './rules/close-wait-leak.ts';
import { connectsRefused } from './rules/connects-refused.ts';
import { finWait2PileUp } from './rules/fin-wait2-pile-up.ts';
import { folkSettings } from './rules/folk-settings.ts';
import { inboundTimeWait } from './rules/inbound-time-wait.ts';
import { laneExhausted } from './rules/lane-exhausted.ts';
import { laneExhausting } from './rules/lane-exhausting.ts';
import { lanePastCliff } from './rules/lane-past-cliff.ts';
import { listenerInRange } from './rules/listener-in-range.ts';
import { namespaceDefaults } from './rules/namespace-defaults.ts';
import { portsBlocked } from './rules/ports-blocked.ts';
import { portsStayBlocked } from './rules/ports-stay-blocked.ts';
import { proxyFunnel } from './rules/proxy-funnel.ts';
import { reuseUnavailable } from './rules/reuse-unavailable.ts';
import { sharedPool } from './rules/shared-pool.ts';
import { shortConnections } from './rules/short-connections.ts';
import { synSentPileUp } from './rules/syn-sent-pile-up.ts';
import { timeWaitOverflow } from './rules/time-wait-overflow.ts';

/** Every rule there is, in the order in which their findings are told. */
export const RULES: readonly Rule[] = [
  laneExhausted,
  connectsRefused,
  laneExhausting,
  lanePastCliff,
  sharedPool,
  portsBlocked,
  portsStayBlocked,
  listenerInRange,
  closeWaitLeak,
  synSentPileUp,
  finWait2PileUp,
  timeWaitOverflow,
  reuseUnavailable,
  shortConnections,
  proxyFunnel,
  namespaceDefaults,
  folkSettings,
  inboundTimeWait,
];
