import { modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatRate } from '../../tcp/number-text.ts';
import type { Experiment } from '../experiment.ts';
import { machineOfHost } from '../host-machine.ts';
import { Server, Way } from '../load/way.ts';
import { FOLKLORE_TIME_WAIT_SECONDS } from './folklore.ts';
import { chooseSearch, hostWithoutReuse, laneOf } from './lane-case.ts';
import { measureLanes } from './measure-lanes.ts';
import { HERE, PORT } from './places.ts';

/** A client that closes first takes every slot of a lane as soon as TIME_WAIT gives it back. */
export const rate: Experiment = {
  name: 'rate',
  question: 'How many opens per second does one lane sustain?',
  remedies: [],
  programs: [],
  seconds: 67,
  pace: 'waiting',
  open: async (stage) => {
    const host = hostWithoutReuse(stage, 'client');
    const server = new Server(host, HERE, PORT);
    return {
      subject: host,
      run: async () => {
        const machine = await machineOfHost(host);
        const model = laneOf(machine);
        const folklore = { ...model, afterCloseSeconds: FOLKLORE_TIME_WAIT_SECONDS };
        stage.note(
          `Were TIME_WAIT ${FOLKLORE_TIME_WAIT_SECONDS} s, as many a text has it, it would be ${formatRate(modelSustainableOpensPerSecond(folklore))} opens per second.`,
        );
        const ways = [new Way(server, chooseSearch(stage, machine))];
        await measureLanes(stage, [{ name: 'one lane', host, ways, model }]);
      },
    };
  },
};
