import { isLinkLocal, tryParseAddress, withoutZone } from '../tcp/address.ts';
import type { Instruction } from './instruction.ts';
import type { Machine } from './machine.ts';
import { missingBpf, missingKernel, missingNetAdmin } from './missing.ts';
import type { LaneFacts, Missing, Remedy, Safety, Situation } from './remedy.ts';

/** A flag of `fourtuple fix` with its value. */
type Flag = readonly [name: string, value: string];

/**
 * What lacks where connections cannot be spread as they are opened: connect() of a cgroup goes through a program (4.17) that
 * knows the network namespace (`bpf_get_netns_cookie()`, 5.7; SO_NETNS_COOKIE, 5.14).
 *
 * @param what `choosing the source at connect()`
 */
export function missingSpread(machine: Machine, what: string): readonly Missing[] {
  return [
    ...missingKernel(machine, 5, 14, `${what} (eBPF, SO_NETNS_COOKIE)`),
    ...missingNetAdmin(machine, what),
    ...missingBpf(machine, what),
  ];
}

/** Why connections of a lane cannot be spread as they are opened; null where they can. */
export function unspreadable(lane: LaneFacts): Safety | null {
  if (lane.pool === 'source') {
    return {
      safe: false,
      reason: 'useless: its sockets are bound before they connect, so that all lanes of the source share their slots',
    };
  }
  const isOfOneLink = [lane.source, lane.destination].some((text) => {
    const address = tryParseAddress(withoutZone(text));
    return address !== undefined && isLinkLocal(address);
  });
  return isOfOneLink ? { safe: false, reason: 'useless: link-local addresses are of one link alone' } : null;
}

/**
 * How a person has this program spread the connections of the lane's program: no other way leaves that one untouched. Nothing
 * where they cannot be spread, and where the network namespace is not of the machine at hand.
 */
export function spreadCommand(
  { id }: Pick<Remedy, 'id'>,
  { lane, machine }: Situation,
  { what, how = [], note }: { readonly what: readonly Flag[]; readonly how?: readonly Flag[]; readonly note: string },
): Instruction[] {
  const { fixFlags } = machine;
  if (unspreadable(lane) !== null || fixFlags === null) return [];
  const flags = [...what, whose(lane), ...how].map(([name, value]) => `--${name} ${value}`);
  const text = ['fourtuple fix', id, ...(fixFlags === '' ? [] : [fixFlags]), ...flags, '--apply'].join(' ');
  return [
    { where: 'shell', text, note: `New connections only, and no restart; fourtuple fix --undo ends it. ${note}` },
  ];
}

/** The oldest process of the name that the kernel has for the program; its cgroup, to be filled in, where that is no word. */
function whose({ program }: LaneFacts): Flag {
  return program !== null && /^\w[\w.-]*$/.test(program.name)
    ? ['pid', `"$(pgrep -ox ${program.name})"`]
    : ['cgroup', 'CGROUP'];
}

/** A shell takes the brackets of IPv6 for a pattern. */
export function forShell(text: string): string {
  return text.includes('[') ? `'${text}'` : text;
}
