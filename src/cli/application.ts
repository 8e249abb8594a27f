import { type Application, buildApplication, buildRouteMap, type CommandContext, text_en } from '@stricli/core';
import { FourtupleError } from '../tcp/error.ts';
import { doctorCommand } from './doctor-command.ts';
import { describeError } from './error-text.ts';
import { FAILED, WRONG_USE } from './exit-code.ts';
import { statusCommand } from './status-command.ts';
import { version } from './version.ts';

/** Each is loaded when it is run. */
const COMMANDS = { status: statusCommand, doctor: doctorCommand };

const routes = buildRouteMap({
  routes: COMMANDS,
  docs: {
    brief: 'Shows which TCP lane runs out of source ports, with what, and whose it is',
    fullDescription:
      'Without a command, status runs: `fourtuple --all` is `fourtuple status --all`.\n\nEXAMPLES\n  fourtuple\n    this machine, once\n  fourtuple --all\n    every network namespace: containers and pods too\n  fourtuple doctor\n    what is wrong, why, and what helps most here\n  fourtuple --from capture.txt\n    a machine without fourtuple: the text of ss -tanoe\n  fourtuple status --help\n    more of them\n\nA lane is a source address, a destination address and a destination port: a client has one source port for each connection of it. When all are held, mostly by TIME_WAIT, connect() fails with EADDRNOTAVAIL, "cannot assign requested address".',
  },
});

export const application: Application<CommandContext> = buildApplication(routes, {
  name: 'fourtuple',
  versionInfo: { currentVersion: version },
  determineExitCode: (error) => (error instanceof FourtupleError && error.code === 'FT_ARGUMENT' ? WRONG_USE : FAILED),
  scanner: { caseStyle: 'allow-kebab-for-camel' },
  documentation: { disableAnsiColor: true, useAliasInUsageLine: true },
  localization: {
    text: {
      ...text_en,
      noCommandRegisteredForInput: ({ input, corrections }) => {
        const meant = corrections.length === 0 ? '' : `, did you mean ${corrections.join(' or ')}?`;
        return `fourtuple: there is no command '${input}'${meant}\nThe commands are: ${Object.keys(COMMANDS).join(', ')}. fourtuple --help explains them.`;
      },
      exceptionWhileRunningCommand: describeError,
      exceptionWhileLoadingCommandFunction: describeError,
      commandErrorResult: describeError,
    },
  },
});

/** What every level of the command line understands: these ask about the program itself, not for its status. */
const ABOUT_PROGRAM: readonly string[] = ['-h', '--help', '-H', '--helpAll', '--help-all', '-v', '--version'];

/** Bare `fourtuple` is `fourtuple status`, with the same flags. */
export function withDefaultCommand(inputs: readonly string[]): readonly string[] {
  const [first] = inputs;
  const isFlag = first === undefined || (first.startsWith('-') && !ABOUT_PROGRAM.includes(first));
  return isFlag ? ['status', ...inputs] : inputs;
}
