import { describe, expect, it } from 'vitest';
import { fullest, readChart } from '../kit/chart.ts';
import { needsPrograms } from '../kit/needs.ts';
import { whyNoNamespaces } from '../kit/network-namespace.ts';
import { needsProgram, PROGRAM, run } from '../kit/program.ts';

// biome-ignore lint/suspicious/noExplicitAny: an object of Kubernetes, of which one field is looked at
const { securityContext } = (fullest(readChart('templates/daemonset.yaml')) as any).spec.template.spec.containers[0];
const CAPABILITIES: readonly string[] = securityContext.capabilities.add;

/** Root with so few capabilities, that sees tracefs, and a namespace beside its own. */
function asInPod(capabilities: readonly string[], ...args: readonly string[]): ReturnType<typeof run> {
  const bounding = ['-all', ...capabilities.map((name) => `+${name.toLowerCase()}`)].join(',');
  const program = `setpriv --bounding-set=${bounding} --inh-caps=-all ${process.execPath} ${PROGRAM} ${args.join(' ')}`;
  // The namespace lives as long as its process does.
  const script = `mount -t tracefs tracefs /sys/kernel/tracing || exit 1
    mkfifo "$0" && exec 3<>"$0" && rm "$0"
    unshare --net setpriv --reuid=65534 --clear-groups sh -c 'echo >&3; sleep 60' & read -r _ <&3
    ${program}; code=$?; kill $!; exit $code`;
  const fifo = `/tmp/fourtuple-pod-${process.pid}`;
  return run('unshare', ['--mount', '--net', '--pid', '--fork', '--mount-proc', 'sh', '-c', script, fifo]);
}

describe('the container of the chart', () => {
  needsPrograms('unshare', 'setpriv');
  needsProgram();

  it('has what looking at each namespace and at refused connects takes', async ({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
    const { code, out, error } = await asInPod(CAPABILITIES, 'doctor', '--all', '--trace', '200ms', '--json');
    expect({ code, error: error.replace(/^.*has gone since it was listed\n/gm, '') }).toEqual({ code: 0, error: '' });
    expect(JSON.parse(out).namespaces.length).toBeGreaterThanOrEqual(2);
  });

  it.each(CAPABILITIES.slice(0, 1))('would lack %s', async (name) => {
    const others = CAPABILITIES.filter((one) => one !== name);
    const { error } = await asInPod(others, 'status', '--all', '--json');
    expect(error).toMatch(/may not be entered without CAP_SYS_ADMIN/);
  });
});
