import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import { parseTop } from './flags.ts';
import { HISTORY_FLAG, type HistoryFlags } from './history-flags.ts';
import { parseInstant } from './history-instant.ts';
import { REPORT_FLAGS } from './report-flags.ts';

export const historyCommand: Command<CommandContext> = buildCommand<HistoryFlags, [], CommandContext>({
  loader: async () => (await import('./history.ts')).history,
  parameters: {
    flags: {
      lane: REPORT_FLAGS.lane,
      netns: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'NAME|all',
        brief: 'Only the lanes of one network namespace, by the name that the history knows it by',
      },
      since: {
        kind: 'parsed',
        parse: (text) => parseInstant(text),
        default: '1h',
        placeholder: 'TIME',
        brief:
          "From when on: 2h, '2026-11-20 03:12', RFC 3339, or 03:12. An hour is kept by the second, a week by the minute",
      },
      until: {
        kind: 'parsed',
        parse: (text) => parseInstant(text),
        default: 'now',
        placeholder: 'TIME',
        brief: 'Until when',
      },
      top: {
        kind: 'parsed',
        parse: parseTop,
        optional: true,
        placeholder: 'N|all',
        brief: 'How many lanes, the fullest first (20; with --lane 3; with --json 1000)',
      },
      json: { kind: 'boolean', optional: true, withNegated: false, brief: 'All rows as JSON' },
      history: HISTORY_FLAG,
    },
    aliases: { n: 'netns' },
  },
  docs: {
    brief: 'What an agent has recorded: which lanes were how full, and when',
    customUsage: [
      { input: '', brief: 'the fullest lanes of the last hour' },
      { input: '--since 2d', brief: 'those of the last two days' },
      { input: "--lane '*>10.0.1.9:8080' --since 2h", brief: 'one lane, step by step' },
      { input: "--since '2026-11-20 03:00' --until '2026-11-20 04:00'", brief: 'what happened that night' },
      { input: "--lane '*>10.0.1.9:8080' --json", brief: 'every row, for a program' },
    ],
  },
});
