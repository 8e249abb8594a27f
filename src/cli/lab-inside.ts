import { runAsProcess } from '../lab/experiment-process.ts';
import type { HolderOrder } from '../lab/load/holders.ts';
import type { PortRange } from '../tcp/port-range.ts';

/** `fourtuple lab inside`: one experiment, in the namespaces that this process was started in. */
export async function runInside(
  { shell }: { readonly shell?: boolean },
  name: string,
  range: PortRange,
): Promise<void> {
  if (shell === true) {
    const { runShell } = await import('../lab/shell.ts');
    // Sockets, and programs that it started, would keep it alive.
    process.exit(await runShell(name, { range }));
  }
  await runAsProcess(name, { range });
  process.exit();
}

/** `fourtuple lab hold`: holds connections in the namespace that this process was started in, until it is killed. */
export async function holdInside(_: Record<string, never>, order: string): Promise<void> {
  const [{ Host }, { holdLane }, { ownNamespace }] = await Promise.all([
    import('../lab/host.ts'),
    import('../lab/load/holders.ts'),
    import('../linux/network-namespace.ts'),
  ]);
  await holdLane(new Host('holder', ownNamespace()), JSON.parse(order) as HolderOrder);
}
