import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import type { DoctorFlags } from './doctor-flags.ts';
import { parseWatchMs } from './flags.ts';
import { REPORT_FLAGS } from './report-flags.ts';

export const doctorCommand: Command<CommandContext> = buildCommand<DoctorFlags, [], CommandContext>({
  loader: async () => (await import('./doctor.ts')).doctor,
  parameters: {
    flags: {
      ...REPORT_FLAGS,
      full: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: 'Every problem and every remedy in full, not the first ones only',
      },
      trace: {
        kind: 'parsed',
        parse: parseWatchMs,
        optional: true,
        placeholder: 'TIME',
        brief:
          'Counts so long, as root, the connects that fail for want of a port: each process and destination, exactly',
      },
    },
    aliases: { a: 'all', n: 'netns' },
  },
  docs: {
    brief: 'What is wrong, why, and what helps most here, with its gain and its risk',
    customUsage: [
      { input: '', brief: 'this machine' },
      { input: '--all', brief: 'every network namespace: containers and pods too' },
      { input: '--netns web', brief: 'one namespace' },
      { input: '--trace 5s', brief: 'which process fails to connect, to where, and how often' },
      { input: '--watch-closes 2s', brief: 'exact rates where the other end closes first' },
      { input: '--full', brief: 'every remedy, with what to type' },
      { input: '--from capture.txt --range 1024-65535', brief: 'a machine without fourtuple: the text of ss -tanoe' },
    ],
  },
});
