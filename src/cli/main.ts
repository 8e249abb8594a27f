#!/usr/bin/env node
import type { ApplicationContext } from '@stricli/core';
import { isPlugin, runProgram } from './application.ts';
import { FAILED, processExitCode } from './exit-code.ts';
import { endOnClosedOutput } from './output.ts';
import { UNANSWERED, unknownOnDefect } from './run-plugin.ts';

const inputs = process.argv.slice(2);
const { stdout, stderr, env } = process;
const context: ApplicationContext = { process: { stdout, stderr, env } };
endOnClosedOutput({
  closed: () => (isPlugin(inputs) ? processExitCode(context.process.exitCode) : 0),
  failed: isPlugin(inputs) ? UNANSWERED : FAILED,
});
if (isPlugin(inputs)) process.on('uncaughtException', unknownOnDefect(context.process, process.exit));
await runProgram(inputs, context);
// A command that has done its work may have set one itself.
process.exitCode = processExitCode(context.process.exitCode || process.exitCode);
