import type { LaneName } from './sample.ts';

/** What a byte of a port map says of its port. */
export const PortKind = {
  /** Not in the ephemeral range. */
  outside: 0,
  reserved: 1,
  /** connect() skips it for every lane: a socket is explicitly bound to it. */
  blocked: 2,
  free: 3,
  /** Held by a socket that is neither in TIME_WAIT nor an orphan in FIN_WAIT2. */
  live: 4,
  /** Held by an orphan that waits for the other end's FIN. */
  finWait2: 5,
  /** Held in TIME_WAIT, for how long is not known. */
  timeWait: 6,
  /** This and so many more: held in TIME_WAIT for so many seconds more, 0 to 63. */
  timeWaitLeft: 64,
} as const;

/** What holds each of the 65,536 ports for one lane, as the last sample saw it. */
export interface PortMap {
  readonly schema: 1;
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly lane: LaneName;
  /** 65,536 bytes in base64, that of port 0 first: see {@link PortKind}. */
  readonly ports: string;
}
