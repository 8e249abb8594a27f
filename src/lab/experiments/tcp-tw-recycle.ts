import { tcpTwRecycle as remedy } from '../../remedies/tcp-tw-recycle.ts';
import type { Experiment } from '../experiment.ts';
import { machineOfHost } from '../host-machine.ts';

/** What old articles advise is written, and the kernel says what it makes of it. */
export const tcpTwRecycle: Experiment = {
  name: 'tcp-tw-recycle',
  question: 'Is there a tcp_tw_recycle to be set?',
  remedies: ['tcp-tw-recycle'],
  programs: [],
  seconds: 1,
  pace: 'waiting',
  open: async (stage) => {
    const host = stage.host('client');
    const run = async (): Promise<void> => {
      const [missing] = remedy.missing(await machineOfHost(host));
      const settings = stage.predict({
        what: 'settings called tcp_tw_recycle',
        unit: '',
        predicted: missing === undefined ? 1 : 0,
        tolerance: { kind: 'exact' },
        basis: missing?.text ?? 'Linux has had it until 4.12',
      });
      const refusal = refusalOf(() => host.writeSetting('ipv4.tcp_tw_recycle', 1));
      settings.measure(refusal === null ? 1 : 0, `writing net.ipv4.tcp_tw_recycle: ${refusal ?? 'done'}`);
    };
    return { subject: host, run };
  },
};

/** @returns the name of the kernel's error; null where there is none */
function refusalOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
