import { basename, dirname } from 'node:path';
import { readSettingLines, type SettingLine } from '../linux/sysctl-files.ts';
import type { RecordedChange } from './recorded-change.ts';
import { isSameValue } from './same-value.ts';
import { SYSCTL_FILE } from './sysctl-file.ts';

/**
 * What undoes kept settings at boot: for each change of the program's sysctl file the line of another file that is applied
 * after it, and sets something else. The file need not have the change yet.
 *
 * @param root what stands for `/`
 */
export function overriddenAtBoot(changes: readonly RecordedChange[], root = '/'): SettingLine[] {
  const lines = readSettingLines(root);
  // A file of sysctl.d is in the order of its name; one that a link of there leads to is in that of the link's.
  const later = lines.slice(lines.findLastIndex(({ file }) => isNamedUpToOwn(file)) + 1);
  return changes.flatMap(({ kind, setting, to }) => {
    const last = later.findLast((line) => line.setting === `net.ipv4.${setting}`);
    return kind !== 'sysctl.d' || last === undefined || isSameValue(setting, last.value, to) ? [] : [last];
  });
}

function isNamedUpToOwn(file: string): boolean {
  return basename(dirname(file)) === 'sysctl.d' && basename(file) <= basename(SYSCTL_FILE);
}
