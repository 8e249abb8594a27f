import { runAsProcess } from '../lab/experiment-process.ts';
import type { PortRange } from '../tcp/port-range.ts';

/** `fourtuple lab inside`: one experiment, in the namespaces that this process was started in. */
export async function runInside(
  { shell }: { readonly shell?: boolean },
  name: string,
  range: PortRange,
): Promise<void> {
  if (shell === true) {
    const { runShell } = await import('../lab/shell.ts');
    process.exitCode = await runShell(name, { range });
    return;
  }
  await runAsProcess(name, { range });
  // Sockets, and programs that it started, would keep it alive.
  process.exit();
}
