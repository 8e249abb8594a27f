/** How the agent runs: from flags, the environment, one YAML file, and what is said nowhere. */
export interface AgentConfig {
  readonly listen: ListenConfig;
  readonly namespaces: AgentNamespaces;
  /** Seconds between two samples, at least. */
  readonly intervalSeconds: number;
  /** What samples may cost at most: a part of one core, 0 to 1. */
  readonly cpuBudget: number;
  /** How many lanes of each namespace are listed, the fullest. */
  readonly lanesPerNamespace: number;
  readonly history: HistoryConfig | null;
  /** Whether connects that find no port are counted, where that may be done. */
  readonly traceRefusals: boolean;
  /** Whether closes are counted. */
  readonly watchCloses: boolean;
  readonly log: 'text' | 'json';
}

/** Every one of the machine, this process's own, or references as `--netns` takes them. */
export type AgentNamespaces = 'all' | 'own' | readonly string[];

export interface ListenConfig {
  /** An address or a host's name; `::` is every address of the machine, those of IPv4 too. */
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** What a reader must show as `Authorization: Bearer …`; null: none is asked for. */
  readonly token: string | null;
  /** Whether anybody may read, though the address is not loopback. */
  readonly isOpen: boolean;
  /** Host names that requests may be addressed to, beside loopback's and the address listened on. */
  readonly hostNames: readonly string[];
}

export interface HistoryConfig {
  readonly file: string;
  /** Bytes that it may take on the disk at most. */
  readonly mostBytes: number;
}
