import type { Census } from './census.ts';

/** Where the kernel could not be asked, the ports alone told which sockets were bound before they connected. */
export function poolNotes(census: Census): string[] {
  if (!census.hasSharedPools || census.blocked.asked) return [];
  return [
    'That sockets were bound before they connected is told by the parity of their ports, which a lane that was nearly full and drains can mimic; with CAP_NET_ADMIN the kernel is asked (Linux 6.3).',
  ];
}
