import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import { parseTop } from './flags.ts';
import { HISTORY_FLAG } from './history-flags.ts';
import { parseInstant } from './history-instant.ts';
import { REPORT_FLAGS } from './report-flags.ts';
import type { StatusFlags } from './status-flags.ts';

export const statusCommand: Command<CommandContext> = buildCommand<StatusFlags, [], CommandContext>({
  loader: async () => (await import('./status.ts')).status,
  parameters: {
    flags: {
      ...REPORT_FLAGS,
      top: {
        kind: 'parsed',
        parse: parseTop,
        optional: true,
        placeholder: 'N|all',
        brief: 'How many lanes to list, the fullest first (20; with --json 1000)',
      },
      at: {
        kind: 'parsed',
        parse: (text) => parseInstant(text),
        optional: true,
        placeholder: 'TIME',
        brief:
          "The machine as it was then, from the agent's history: '2026-11-20 03:12', RFC 3339, 03:12, or '2h ago'; --netns takes the name of a namespace then, or all",
      },
      history: HISTORY_FLAG,
    },
    aliases: { a: 'all', n: 'netns' },
  },
  docs: {
    brief: 'Which lanes hold how many source ports, with what, and whose they are',
    customUsage: [
      { input: '', brief: 'this machine, once' },
      { input: '--all', brief: 'every network namespace: containers and pods too' },
      { input: '--netns web --top 5', brief: 'the five fullest lanes of one namespace' },
      { input: "--lane '*>10.0.1.9:8080'", brief: 'who uses the ports towards one backend' },
      { input: '--watch-closes 2s', brief: 'exact rates where the other end closes first' },
      { input: "--at '2026-11-20 03:12'", brief: 'what was wrong that night, where an agent was running' },
      { input: '--json', brief: 'for a program' },
      { input: '--from capture.txt --range 1024-65535', brief: 'a machine without fourtuple: the text of ss -tanoe' },
    ],
  },
});
