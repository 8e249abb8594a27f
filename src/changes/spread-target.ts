import { networkNamespaceCookie } from '../linux/namespace-cookie.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { attachSpread, detachSpread, findSpread } from '../linux/spread-program.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatSpread, parseSpread } from '../tcp/spread-text.ts';
import type { ChangePlace, OpenTarget } from './target.ts';

/** What the spread of a cgroup does; null where it has none, or is not there. @param directory of the cgroup */
export function readSpread(directory: string): string | null {
  const found = findSpread(directory);
  found?.maps.close();
  return found === null ? null : formatSpread(found.spread);
}

/**
 * @param directory of the cgroup
 * @param pinned whether it stays when this process ends
 * @throws FourtupleError FT_UNSUPPORTED where the kernel has no numbers for network namespaces; see `attachSpread`
 */
export function openSpread({ handle }: ChangePlace, directory: string, pinned: boolean): OpenTarget {
  return {
    read: () => readSpread(directory),
    write: (value) => {
      if (value === null) detachSpread(directory);
      else attachSpread(parseSpread(value), directory, pinned, cookieOf(handle));
    },
    close: () => {},
  };
}

function cookieOf(handle: ChangePlace['handle']): bigint {
  const cookie = inNamespace(handle, networkNamespaceCookie);
  if (cookie !== null) return cookie;
  throw new FourtupleError('FT_UNSUPPORTED', 'choosing the source at connect() needs Linux 5.14 (SO_NETNS_COOKIE)');
}
