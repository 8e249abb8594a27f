import type { Change } from './change.ts';
import type { Instruction } from './instruction.ts';
import type { Machine } from './machine.ts';

/** What a pod may set without the kubelet's leave (Kubernetes 1.29, "safe sysctls"), of what remedies change. */
const SAFE_IN_PODS: readonly string[] = ['ip_local_port_range', 'ip_local_reserved_ports', 'tcp_fin_timeout'];

type Assignment = Pick<Change, 'setting' | 'value'>;

/** The command that makes changes of settings by hand, in the machine's namespace, in their order. */
export function sysctlCommand(
  changes: readonly Assignment[],
  { commandPrefix }: Pick<Machine, 'commandPrefix'>,
): Instruction {
  const text = changes.map((change) => inNamespace(commandPrefix, `sysctl -w ${assignment(change)}`)).join('\n');
  return { where: 'shell', text, note: commandPrefix === '' ? keepingNote(text) : namespaceNote(changes) };
}

/** A command as it must be typed to run in a network namespace. */
export function inNamespace(commandPrefix: string, command: string): string {
  return commandPrefix === '' ? command : `${commandPrefix} ${command}`;
}

function assignment({ setting, value }: Assignment): string {
  return /^[\w.,-]*$/.test(value) ? `net.ipv4.${setting}=${value}` : `net.ipv4.${setting}='${value}'`;
}

function keepingNote(text: string): string {
  const quotes = text.includes("'") ? ', without the quotes' : '';
  return `Until the next boot: to keep it, write the same settings to /etc/sysctl.d/90-ports.conf, one a line${quotes}.`;
}

function namespaceNote(changes: readonly Assignment[]): string {
  const unsafe = changes.map(({ setting }) => setting).filter((setting) => !SAFE_IN_PODS.includes(setting));
  const leave =
    unsafe.length === 0
      ? ''
      : `, where the kubelet must allow ${unsafe.map((name) => `net.ipv4.${name}`).join(' and ')}`;
  const where = `docker run --sysctl, or securityContext.sysctls of a pod${leave}`;
  return `Until the namespace ends: to keep it, set it where the namespace is made (${where}).`;
}
