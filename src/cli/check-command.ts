import { buildCommand, type Command, type CommandContext, type FlagParametersForType } from '@stricli/core';
import { type AlertRange, parseAlertRange } from './check/alert-range.ts';
import { type CheckFlags, parseTimeout } from './check-flags.ts';
import { parseWatchMs } from './flags.ts';
import { REPORT_FLAGS } from './report-flags.ts';

interface RangeFlag {
  readonly kind: 'parsed';
  readonly parse: (text: string) => AlertRange;
  readonly placeholder: string;
  readonly brief: string;
}

const range = (brief: string): RangeFlag => ({ kind: 'parsed', parse: parseAlertRange, placeholder: 'RANGE', brief });
/** One flag of `status` and `doctor` for each of these. */
const { netns, all, lane, watchCloses } = REPORT_FLAGS;

const FLAGS: FlagParametersForType<CheckFlags> = {
  warning: { ...range('Warns for this utilization of the fullest lane, in percent'), default: '80' },
  critical: { ...range('Critical utilization of the fullest lane, in percent'), default: '95' },
  warningSeconds: { ...range('Warns where a lane is exhausted in so many seconds'), default: '300:' },
  criticalSeconds: { ...range('Critical where a lane is exhausted in so many seconds'), default: '60:' },
  warningRefusals: {
    ...range('Warns for so many connects that found no port, where they are counted'),
    optional: true,
  },
  criticalRefusals: {
    ...range('Critical number of connects that found no port, where they are counted'),
    optional: true,
  },
  netns,
  all,
  lane,
  watchCloses,
  trace: {
    kind: 'parsed',
    parse: parseWatchMs,
    optional: true,
    placeholder: 'TIME',
    brief: 'Counts so long, as root, the connects that find no port',
  },
  timeout: {
    kind: 'parsed',
    parse: parseTimeout,
    default: '10',
    placeholder: 'SECONDS[:STATE]',
    brief: 'Ends after so long, UNKNOWN where no other state is named',
  },
  verbose: {
    kind: 'counter',
    optional: true,
    placeholder: '...',
    brief: 'Adds the fullest lanes; -vv what was found, -vvv what was looked at',
  },
  version: { kind: 'boolean', optional: true, withNegated: false, brief: 'Print version information and exit' },
};

export const checkCommand: Command<CommandContext> = buildCommand<CheckFlags, [], CommandContext>({
  loader: async () => (await import('./check.ts')).check,
  parameters: {
    flags: FLAGS,
    aliases: { w: 'warning', c: 'critical', t: 'timeout', v: 'verbose', V: 'version', n: 'netns', a: 'all' },
  },
  docs: {
    brief: 'A plugin for Nagios, Icinga and others: exit code, one line, figures for graphs',
    fullDescription:
      'A plugin for Nagios, Icinga and others: exits with 0 OK, 1 WARNING, 2 CRITICAL or 3 UNKNOWN (also for wrong use, --help and --version), and says why in one line, with figures for graphs.\n\nA RANGE is [@]start:end, and what is outside of it alerts (with @ what is inside): 80 alerts above 80, 300: below 300, 10:20 below 10 and above 20, @10:20 from 10 to 20, ~: never.',
    customUsage: [
      { input: '', brief: 'this machine: warns above 80% of a lane, or 300 s before one is exhausted' },
      { input: '-w 70 -c 90', brief: 'other thresholds of utilization' },
      { input: '--all', brief: 'every network namespace: containers and pods too (root)' },
      { input: "--netns web --lane '*>10.0.1.9:8080'", brief: 'the lanes towards one backend, in one namespace' },
      {
        input: '--warning-seconds 1800: --critical-seconds 600:',
        brief: 'warns half an hour before a lane is exhausted',
      },
      { input: '--trace 2s --critical-refusals 0', brief: 'critical where a connect finds no port meanwhile (root)' },
      { input: '-vv', brief: 'with the fullest lanes, and what was found' },
    ],
  },
});
