import type { AgentConfig } from '../../src/agent/config/agent-config.ts';

/** An agent that keeps nothing and listens on a port that the kernel chooses. */
export function agentConfig(more: Partial<AgentConfig> = {}): AgentConfig {
  return {
    listen: { host: '127.0.0.1', port: 0, token: null, isOpen: false, hostNames: [] },
    namespaces: 'own',
    intervalSeconds: 1,
    // A noisy machine must not stretch what a test waits for.
    cpuBudget: 1,
    lanesPerNamespace: 50,
    history: null,
    traceRefusals: false,
    watchCloses: false,
    log: 'text',
    ...more,
  };
}
