import { inNamespace, type NamespaceHandle } from '../linux/network-namespace.ts';
import { readSysctl } from '../linux/sysctl.ts';
import { checkSettingName, OpenSysctl } from '../linux/sysctl-write.ts';
import { FourtupleError } from '../tcp/error.ts';
import { normalValue } from './recorded-change.ts';
import type { OpenTarget } from './target.ts';

/**
 * A setting of a network namespace as it is now; null where the kernel has none of that name.
 *
 * @throws FourtupleError FT_PRIVILEGE where the namespace may not be entered; FT_ARGUMENT where it is no name
 */
export function readSetting(handle: NamespaceHandle, setting: string): string | null {
  const name = checkSettingName(setting);
  const text = inNamespace(handle, () => readSysctl(name));
  return text === null ? null : normalValue(text);
}

/** Opens a setting of a network namespace. @throws FourtupleError like {@link OpenSysctl} and {@link readSetting} */
export function openSetting(handle: NamespaceHandle, setting: string): OpenTarget {
  const open = inNamespace(handle, () => new OpenSysctl(setting));
  return {
    read: () => normalValue(open.read()),
    write: (value) => {
      if (value === null) throw new FourtupleError('FT_ARGUMENT', `net.ipv4.${setting} cannot be set to nothing`);
      try {
        open.write(value);
      } catch (error) {
        throw explained(handle, setting, value, error);
      }
    },
    close: () => open.close(),
  };
}

/** With what the kernel wants, where it says no more than EINVAL. */
function explained(handle: NamespaceHandle, setting: string, value: string, error: unknown): unknown {
  if (!(error instanceof FourtupleError) || (error.cause as NodeJS.ErrnoException | undefined)?.code !== 'EINVAL') {
    return error;
  }
  const hint = setting === 'ip_local_port_range' ? explainRange(handle, value) : HINTS[setting];
  return hint === undefined ? error : new FourtupleError(error.code, error.message, { hint, cause: error.cause });
}

const HINTS: Readonly<Record<string, string>> = {
  ip_local_reserved_ports: 'It takes ports and ranges of ports up to 65535, with commas between.',
  tcp_tw_reuse: 'It takes 0, 1 or 2.',
  tcp_tw_reuse_delay: 'It takes 1 to 60000 milliseconds.',
};

/** `ipv4_local_port_range()` of net/ipv4/sysctl_net_ipv4.c. */
function explainRange(handle: NamespaceHandle, value: string): string | undefined {
  const [low, high] = value.split(' ').map(Number);
  if (low === undefined || high === undefined) return undefined;
  if (low > high) return 'The low end is above the high end.';
  const start = Number(inNamespace(handle, () => readSysctl('ip_unprivileged_port_start')));
  return low < start
    ? `The low end must not be below net.ipv4.ip_unprivileged_port_start, which is ${start} there.`
    : 'It takes two ports from 1 to 65535.';
}
