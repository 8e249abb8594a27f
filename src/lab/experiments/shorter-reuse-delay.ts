import { shorterReuseDelay as remedy } from '../../remedies/shorter-reuse-delay.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import type { Experiment } from '../experiment.ts';
import { openReuseTrial } from './reused-lane.ts';

/** So few that a machine that is busy has the time. */
const PORTS = 50;

/**
 * Where tcp_tw_reuse applies, slots come back after the delay that the kernel was given. Of a tenth of a second, 2 % are
 * no more than a busy machine takes to wake a process, so the shortest cycles count: none is shorter than the delay.
 */
export const shorterReuseDelay: Experiment = {
  name: 'shorter-reuse-delay',
  question: 'How many opens per second does a lane sustain with a shorter tcp_tw_reuse_delay?',
  remedies: ['shorter-reuse-delay'],
  programs: [],
  seconds: 7,
  pace: 'busy',
  open: async (stage) =>
    openReuseTrial(stage, {
      ...{ remedies: [tcpTwReuse, remedy], ports: PORTS },
      ...{ cycles: { saturated: 40, even: 10 }, share: 0.01 },
    }),
};
