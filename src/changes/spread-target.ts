import { networkNamespaceCookie } from '../linux/namespace-cookie.ts';
import type { NamespaceHandle } from '../linux/namespace-handle.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { attachSpread, detachSpread, findSpread } from '../linux/spread-program.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatSpread, parseSpread } from '../tcp/spread-text.ts';
import type { ChangePlace, OpenTarget } from './target.ts';

/** What the spread of a cgroup does; null where it has none, or is not there. @param directory of the cgroup */
export function readSpread({ handle }: ChangePlace, directory: string): string | null {
  const found = findSpread(directory, spreadCookie(handle));
  found?.maps.close();
  return found === null ? null : formatSpread(found.spread);
}

/**
 * @param directory of the cgroup
 * @param pinned whether it stays when this process ends
 * @throws FourtupleError see `attachSpread`
 */
export function openSpread(place: ChangePlace, directory: string, pinned: boolean): OpenTarget {
  const cookie = spreadCookie(place.handle);
  return {
    read: () => readSpread(place, directory),
    write: (value) => {
      if (value === null) detachSpread(directory, cookie);
      else attachSpread(parseSpread(value), directory, pinned, cookie);
    },
    close: () => {},
  };
}

/**
 * The number by which a spread knows the connections of a network namespace.
 *
 * @throws FourtupleError FT_UNSUPPORTED where the kernel has none; FT_PRIVILEGE where it may not be entered
 */
export function spreadCookie(handle: NamespaceHandle): bigint {
  const cookie = inNamespace(handle, networkNamespaceCookie);
  if (cookie !== null) return cookie;
  throw new FourtupleError('FT_UNSUPPORTED', 'choosing the source at connect() needs Linux 5.14 (SO_NETNS_COOKIE)');
}
