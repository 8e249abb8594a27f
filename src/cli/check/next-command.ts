import { formatEndpoint } from '../../tcp/lane.ts';
import type { Place } from './figures.ts';

/** What decides how a namespace is named on the command line. */
export interface Reach {
  readonly netns?: string | undefined;
  /** The inode of the namespace that the program is in. */
  readonly ownInode: number;
  /** The inode of the namespace that a name or PID stands for; null where it stands for none. */
  inodeOf(reference: string): number | null;
}

/**
 * The commands that tell more about a lane, or about the machine: the most exact first. The lane is named without its source,
 * and so without a > for a shell to take, or for Nagios to cut out.
 */
export function nextCommands(place: Place | null, reach: Reach): string[] {
  const doctor = ['fourtuple doctor', ...namespaceFlag(place, reach)].join(' ');
  if (place === null) return [doctor];
  const { destination, port } = place.lane;
  const lane = formatEndpoint(destination, port);
  return [`${doctor} --lane ${lane.startsWith('[') ? `'${lane}'` : lane}`, doctor];
}

function namespaceFlag(place: Place | null, { netns, ownInode, inodeOf }: Reach): string[] {
  if (netns !== undefined) return [`--netns ${netns}`];
  if (place === null) return ['--all'];
  const { inode, name, holder } = place.namespace;
  if (inode === ownInode) return [];
  const references = [...(name === null ? [] : [name]), ...(holder === null ? [] : [`${holder.pid}`])];
  const reference = references.find((one) => inodeOf(one) === inode);
  return [reference === undefined ? '--all' : `--netns ${reference}`];
}
