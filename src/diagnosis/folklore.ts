import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';

/** Advice that is given everywhere and does not help against port exhaustion. */
export interface Folklore {
  /** What people are told to do. */
  readonly what: string;
  /** Why it does not help: one sentence. */
  readonly why: string;
}

const SECONDS: number = LINUX_TIME_WAIT_MS / 1_000;

/** tcp_ipv4.c, inet_timewait_sock.c, ip-sysctl.rst; measured on Linux 6.18. */
export const FOLKLORE: Readonly<
  Record<
    'finTimeout' | 'twRecycle' | 'maxTwBuckets' | 'conntrackTimeWait' | 'sameParity' | 'moreFiles' | 'anySysctl',
    Folklore
  >
> = {
  finTimeout: {
    what: 'lower tcp_fin_timeout',
    why: `it ends orphan FIN_WAIT2 sockets sooner and never TIME_WAIT, which lasts ${SECONDS} s whatever its value.`,
  },
  twRecycle: {
    what: 'set tcp_tw_recycle',
    why: 'Linux 4.12 removed it: setting it fails, and before, it dropped connections of clients behind one NAT address.',
  },
  maxTwBuckets: {
    what: 'lower tcp_max_tw_buckets',
    why: 'at the limit the kernel drops TIME_WAIT sockets, newest first and with all their protection, without a look at the lane that is full.',
  },
  conntrackTimeWait: {
    what: 'lower nf_conntrack_tcp_timeout_time_wait',
    why: 'it is the memory of the NAT and firewall, not of the sockets that hold the ports.',
  },
  sameParity: {
    what: 'begin and end ip_local_port_range with two even or two odd ports',
    why: 'connect() goes through them in pairs: each call then leaves one of them out, and can fail while a port is free.',
  },
  moreFiles: {
    what: 'raise the limit of open files',
    why: 'EADDRNOTAVAIL is about ports; a limit on files shows as EMFILE, "too many open files".',
  },
  anySysctl: {
    what: 'tune a sysctl',
    why: 'no setting of the kernel closes what a program holds open.',
  },
};
