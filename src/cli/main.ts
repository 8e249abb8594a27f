#!/usr/bin/env node
import { type ApplicationContext, run } from '@stricli/core';
import { application, withDefaultCommand } from './application.ts';
import { processExitCode } from './exit-code.ts';
import { endOnClosedOutput } from './output.ts';

endOnClosedOutput();
const { stdout, stderr, env } = process;
const context: ApplicationContext = { process: { stdout, stderr, env } };
await run(application, withDefaultCommand(process.argv.slice(2)), context);
// A command that has failed after it has told its results has set the process's own.
process.exitCode = processExitCode(context.process.exitCode) || (process.exitCode ?? 0);
