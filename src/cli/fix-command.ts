import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import { parseThreshold } from '../recycling/threshold.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import type { FixFlags } from './fix-flags.ts';
import { parseObserveMs, parsePid, parseRunMs, parseUndo } from './flags.ts';

export const fixCommand: Command<CommandContext> = buildCommand<FixFlags, [string?], CommandContext>({
  loader: async () => (await import('./fix.ts')).fix,
  parameters: {
    flags: {
      to: {
        kind: 'parsed',
        parse: String,
        optional: true,
        variadic: true,
        placeholder: 'LOW-HIGH|DESTINATION',
        brief:
          'With wider-range: the ephemeral range, in place of the widest. With spread-sources: the destinations, 10.0.1.9:8080, 10.0.1.0/24:443, 10.0.1.9',
      },
      sources: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'ADDRESSES',
        brief: 'With spread-sources: 10.0.0.10-10.0.0.17, several with commas, or a prefix of IPv6: 2001:db8::/64',
      },
      addTo: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'LINK',
        brief: 'With spread-sources: adds the addresses that are missing to this link, and takes them away at the end',
      },
      from: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'ADDRESS:PORT',
        brief: 'With spread-destinations: the destination that the program asks for',
      },
      over: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'ADDRESS:PORTS,…',
        brief: 'With spread-destinations: where its connections go, 10.0.1.9:8080-8083,10.0.1.10:8080',
      },
      cgroup: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'PATH',
        brief: 'With a spread: connections of this version-2 cgroup, /system.slice/haproxy.service',
      },
      unit: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'NAME',
        brief: 'With a spread: connections of this systemd unit',
      },
      pid: {
        kind: 'parsed',
        parse: parsePid,
        optional: true,
        placeholder: 'PID',
        brief: 'With a spread: connections of the cgroup that this process is in',
      },
      container: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'ID',
        brief: 'With a spread: connections of this container',
      },
      detach: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: 'With a spread: it stays when fourtuple ends, until --undo; else until Ctrl-C',
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
        brief:
          'With recycle-time-wait: goes on for so long, or until Ctrl-C; else releases once. With a spread: ends it then',
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
      {
        input: 'spread-sources --sources 10.0.0.10-10.0.0.17 --to 10.0.1.9:8080 --unit haproxy --apply',
        brief: 'eight lanes in place of one, without touching the program',
      },
      {
        input: 'spread-destinations --from 10.0.1.9:8080 --over 10.0.1.9:8080-8083 --pid 811 --detach --apply',
        brief: 'four ports in place of one',
      },
      { input: '--undo', brief: 'take back what was applied last' },
      { input: '--undo 3', brief: 'take back entry 3, as the list numbers them' },
      { input: '--undo all', brief: 'take back all, the newest first' },
    ],
  },
});
