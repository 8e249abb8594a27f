import { bootId, networkNamespaceCookie } from '../linux/namespace-cookie.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { noSuchSetting } from '../linux/sysctl-write.ts';
import type { Change } from '../remedies/change.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { NamespaceRecord } from './journal-entry.ts';
import { normalValue, type RecordedChange } from './recorded-change.ts';
import { isSameValue } from './same-value.ts';
import type { ChangePlace } from './target.ts';
import { readTarget } from './targets.ts';

/** A network namespace whose settings are to be changed. */
export interface Changeable extends ChangePlace {
  /** As the list of namespaces has it. */
  readonly name: string | null;
  readonly isHost: boolean;
}

/** How the journal names it. @throws FourtupleError FT_PRIVILEGE where it may not be entered */
export function recordNamespace({ handle, name, isHost }: Changeable): NamespaceRecord {
  const cookie = inNamespace(handle, networkNamespaceCookie);
  return { inode: handle.inode, cookie: cookie === null ? null : `${cookie}`, bootId: bootId(), isHost, name };
}

/**
 * What changes would do, with what is there now: those that are made already are left out. Reads only.
 *
 * @param persist also as lines of the program's file in /etc/sysctl.d; of the host only
 * @throws FourtupleError FT_UNSUPPORTED where the kernel has no such setting; FT_ARGUMENT where it is to be kept and the
 *   namespace is not the host's; FT_PRIVILEGE where the namespace may not be entered
 */
export function previewChanges(place: Changeable, changes: readonly Change[], persist: boolean): RecordedChange[] {
  if (persist && !place.isHost) throw notKept();
  const settings = changes.flatMap((change) => previewChange(place, 'sysctl', change));
  return persist ? [...settings, ...changes.flatMap((change) => previewChange(place, 'sysctl.d', change))] : settings;
}

function previewChange(
  place: Changeable,
  kind: RecordedChange['kind'],
  { setting, value }: Change,
): readonly RecordedChange[] {
  const now = readTarget(place, { kind, setting });
  if (now === null && kind === 'sysctl') throw noSuchSetting(setting);
  if (isSameValue(setting, now, value)) return [];
  return [{ kind, setting, from: now, to: normalValue(value) }];
}

function notKept(): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', 'only settings of the host are kept across boots', {
    hint: 'Those of another network namespace are set where it is made: docker run --sysctl, or securityContext.sysctls of a pod.',
  });
}
