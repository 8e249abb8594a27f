import type { Tier, Topology } from '../topology.ts';

/** Hosts of one name: a cell of the grid that a topology is drawn on. */
export interface HostGroup {
  readonly name: string;
  readonly hosts: number;
  readonly column: number;
  readonly row: number;
  /** What connections are opened to it by, in the order of the topology. */
  readonly incoming: TierLine[];
}

/** The connections of a tier, from the group that opens them. */
export interface TierLine {
  readonly tier: Tier;
  readonly from: HostGroup;
}

/**
 * Places hosts on a grid. Connections always go to the right: what a tier opens connections to stands beside what opens
 * them, or under that where the place is taken. Hosts of two tiers are the same where name and number agree; where
 * connections would go back to the left, the hosts are drawn once more.
 */
export function layOut(topology: Topology): readonly HostGroup[] {
  const groups: HostGroup[] = [];
  const place = (name: string, hosts: number, column: number, wantedRow: number): HostGroup => {
    let row = wantedRow;
    while (groups.some((group) => group.column === column && group.row === row)) row += 1;
    const group: HostGroup = { name, hosts, column, row, incoming: [] };
    groups.push(group);
    return group;
  };
  for (const tier of topology.tiers) {
    const same = (group: HostGroup, end: { name: string; hosts: number }): boolean =>
      group.name === end.name && group.hosts === end.hosts;
    const from = groups.find((group) => same(group, tier.from)) ?? place(tier.from.name, tier.from.hosts, 0, 0);
    const to =
      groups.find((group) => same(group, tier.to) && group.column > from.column) ??
      place(tier.to.name, tier.to.hosts, from.column + 1, from.row);
    to.incoming.push({ tier, from });
  }
  return groups;
}
