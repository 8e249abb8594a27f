import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import { parseThreshold } from '../recycling/threshold.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import type { FixFlags } from './fix-flags.ts';
import { parseObserveMs, parseRunMs, parseUndo } from './flags.ts';

export const fixCommand: Command<CommandContext> = buildCommand<FixFlags, [string?], CommandContext>({
  loader: async () => (await import('./fix.ts')).fix,
  parameters: {
    flags: {
      to: {
        kind: 'parsed',
        parse: parsePortRange,
        optional: true,
        placeholder: 'LOW-HIGH',
        brief: 'With wider-range: the ephemeral range, in place of the widest',
      },
      lane: {
        kind: 'parsed',
        parse: parseLanePattern,
        optional: true,
        placeholder: 'LANE',
        brief:
          "These lanes are judged, and released by recycle-time-wait: 'source>destination:port'; any part may be * or a block like 10.0.0.0/8",
      },
      netns: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'NAME|PID|PATH',
        brief: "The network namespace to change: a name of 'ip netns', a process in it, or its file",
      },
      apply: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: 'Makes the change; without it, it is only shown',
      },
      persist: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: 'Keeps it over the next boot too, in a file of /etc/sysctl.d; of the host only',
      },
      undo: {
        kind: 'parsed',
        parse: parseUndo,
        optional: true,
        inferEmpty: true,
        placeholder: 'ID|all',
        brief: 'Takes back what was applied last, the entry with this number, or all',
      },
      force: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: 'Your own word: applies what is not safe here, takes back what another has changed since',
      },
      observe: {
        kind: 'parsed',
        parse: parseObserveMs,
        default: '2s',
        placeholder: 'TIME',
        brief: 'How long lanes are watched after the change, to compare them with the prediction; 0 not at all',
      },
      threshold: {
        kind: 'parsed',
        parse: parseThreshold,
        optional: true,
        placeholder: 'SLOTS|SHARE%|cliff',
        brief: 'With recycle-time-wait: releases only above so many used slots (just below the cliff)',
      },
      for: {
        kind: 'parsed',
        parse: parseRunMs,
        optional: true,
        placeholder: 'TIME|ever',
        brief: 'With recycle-time-wait: goes on for so long, or until Ctrl-C; else releases once',
      },
      json: { kind: 'boolean', optional: true, withNegated: false, brief: 'What is listed or done, as JSON' },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'What to apply; left out, all are listed', parse: String, optional: true, placeholder: 'REMEDY' },
      ],
    },
    aliases: { n: 'netns', f: 'force' },
  },
  docs: {
    brief: 'Applies a remedy, shows prediction beside observation, and takes it back',
    customUsage: [
      { input: '', brief: 'what can be applied here, with its gain, and what is applied now' },
      { input: 'tcp-tw-reuse', brief: 'what it would change: nothing is touched' },
      { input: 'tcp-tw-reuse --apply', brief: 'apply it, and see whether it does what was predicted' },
      { input: 'tcp-tw-reuse --apply --persist', brief: 'over the next boot too' },
      { input: 'wider-range --to 1024-65535 --netns web --apply', brief: 'in the namespace of a container' },
      {
        input: "recycle-time-wait --lane '*>10.0.1.9:8080' --for 10m --apply",
        brief: 'release old TIME_WAIT slots of one backend, for ten minutes',
      },
      { input: '--undo', brief: 'take back what was applied last' },
      { input: '--undo 3', brief: 'take back entry 3, as the list numbers them' },
      { input: '--undo all', brief: 'take back all, the newest first' },
    ],
  },
});
