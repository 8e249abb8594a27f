import {
  type Application,
  type ApplicationContext,
  ArgumentParseError,
  buildApplication,
  buildRouteMap,
  type CommandContext,
  run,
  text_en,
} from '@stricli/core';
import { FourtupleError } from '../tcp/error.ts';
import { agentCommand } from './agent-command.ts';
import { checkCommand } from './check-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { describeError } from './error-text.ts';
import { FAILED, WRONG_USE } from './exit-code.ts';
import { fixCommand } from './fix-command.ts';
import { flagName } from './flag-name.ts';
import { fleetCommand } from './fleet-command.ts';
import { historyCommand } from './history-command.ts';
import { labCommand } from './lab-command.ts';
import { planCommand } from './plan-command.ts';
import { runPlugin } from './run-plugin.ts';
import { statusCommand } from './status-command.ts';
import { version } from './version.ts';

/** Each is loaded when it is run. */
const COMMANDS = {
  status: statusCommand,
  doctor: doctorCommand,
  fix: fixCommand,
  plan: planCommand,
  lab: labCommand,
  agent: agentCommand,
  history: historyCommand,
  fleet: fleetCommand,
  check: checkCommand,
};
/** Errors that say how the command line is wrong, or what stands for it. */
const WRONG_USES: readonly string[] = ['FT_ARGUMENT', 'FT_CONFIG', 'FT_PORT_RANGE'];

const EXAMPLES: readonly (readonly [input: string, brief: string])[] = [
  ['', 'this machine, once'],
  [' --all', 'every network namespace: containers and pods too'],
  [' doctor', 'what is wrong, why, and what helps most here'],
  [' fix', 'what can be applied here, and what is applied now'],
  [' plan --rate 500 --hold 50ms --destinations 2', 'where the ports would end, and what each remedy would buy'],
  [' lab run', 'predictions beside measurements on this kernel, in about a minute'],
  [' agent', 'watches it: a dashboard, metrics for Prometheus, and the past'],
  [" history --lane '*>10.0.1.9:8080' --since 2h", 'how full a lane was, as the agent has kept it'],
  [' fleet --prometheus http://localhost:9090', 'the worst of many machines, from Prometheus'],
  [' check', 'for Nagios, Icinga and others'],
  [' --from capture.txt', 'a machine without fourtuple: the text of ss -tanoe'],
  [' status --help', 'more of them'],
];

const routes = buildRouteMap({
  routes: COMMANDS,
  docs: {
    brief: 'Shows which TCP lane runs out of source ports, with what, and whose it is',
    fullDescription: `Without a command, status runs: \`fourtuple --all\` is \`fourtuple status --all\`.\n\nEXAMPLES\n${EXAMPLES.map(([input, brief]) => `  fourtuple${input}\n    ${brief}\n`).join('')}\nA lane is a source address, a destination address and a destination port: a client has one source port for each connection of it. When all are held, mostly by TIME_WAIT, connect() fails with EADDRNOTAVAIL, "cannot assign requested address".`,
  },
});

const application: Application<CommandContext> = buildApplication(routes, {
  name: 'fourtuple',
  versionInfo: { currentVersion: version },
  determineExitCode: (error) =>
    error instanceof FourtupleError && WRONG_USES.includes(error.code) ? WRONG_USE : FAILED,
  scanner: { caseStyle: 'allow-kebab-for-camel' },
  documentation: { disableAnsiColor: true, useAliasInUsageLine: true },
  localization: {
    text: {
      ...text_en,
      noCommandRegisteredForInput: ({ input, corrections }) => {
        const meant = corrections.length === 0 ? '' : `, did you mean ${corrections.join(' or ')}?`;
        return `fourtuple: there is no command '${input}'${meant}\nThe commands are: ${Object.keys(COMMANDS).join(', ')}. fourtuple --help explains them.`;
      },
      exceptionWhileParsingArguments: describeWrongInput,
      exceptionWhileRunningCommand: describeError,
      exceptionWhileLoadingCommandFunction: describeError,
      commandErrorResult: describeError,
    },
  },
});

/** What is wrong with the command line, and what to write where that is known. */
function describeWrongInput(error: unknown, ansiColor: boolean): string {
  if (error instanceof ArgumentParseError && error.exception instanceof FourtupleError) {
    const { message, code, hint } = error.exception;
    const flag = flagName(error.externalFlagNameOrPlaceholder);
    return describeError(new FourtupleError(code, `${flag}: ${message}`, { hint }));
  }
  return text_en.exceptionWhileParsingArguments(error, ansiColor);
}

/** What every level of the command line understands: these ask about the program itself, not for its status. */
const ABOUT_PROGRAM: readonly string[] = ['-h', '--help', '-H', '--helpAll', '--help-all', '-v', '--version'];

/** Bare `fourtuple` is `fourtuple status`, with the same flags; `lab capacity` is `lab run capacity`. */
export function withDefaultCommand(inputs: readonly string[]): readonly string[] {
  const [first, second] = inputs;
  if (first === 'lab' && second !== undefined && !second.startsWith('-') && !isLabCommand(second)) {
    return ['lab', 'run', ...inputs.slice(1)];
  }
  const isFlag = first === undefined || (first.startsWith('-') && !ABOUT_PROGRAM.includes(first));
  return isFlag ? ['status', ...inputs] : inputs;
}

/** Anything else behind `lab` is an experiment's name. */
function isLabCommand(input: string): boolean {
  return labCommand.getAllEntries().some(({ name }) => name.original === input);
}

/** Whether the command speaks to a monitoring system, which takes its exit code for a state. */
export function isPlugin(inputs: readonly string[]): boolean {
  return inputs[0] === 'check';
}

/** Runs the program with these arguments, and leaves its exit code in the context. */
export async function runProgram(inputs: readonly string[], context: ApplicationContext): Promise<void> {
  if (isPlugin(inputs)) await runPlugin(application, inputs, context);
  else await run(application, withDefaultCommand(inputs), context);
}
