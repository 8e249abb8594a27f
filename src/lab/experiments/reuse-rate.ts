import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import type { Experiment } from '../experiment.ts';
import { openReuseTrial } from './reused-lane.ts';

/** So few that a machine that is busy has the time. */
const PORTS = 200;

/** A lane full of TIME_WAIT gives each slot back a second after its close, and not a minute. */
export const reuseRate: Experiment = {
  name: 'reuse-rate',
  question: 'How many opens per second does a lane sustain with tcp_tw_reuse?',
  remedies: ['tcp-tw-reuse'],
  programs: [],
  seconds: 10,
  pace: 'busy',
  open: async (stage) =>
    openReuseTrial(stage, {
      ...{ remedies: [tcpTwReuse], ports: PORTS },
      ...{ cycles: { saturated: 4, even: 2 }, share: 0.5 },
    }),
};
