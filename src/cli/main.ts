#!/usr/bin/env node
import { type ApplicationContext, run } from '@stricli/core';
import { application, withDefaultCommand } from './application.ts';
import { processExitCode } from './exit-code.ts';
import { endOnClosedOutput } from './output.ts';

endOnClosedOutput();
const { stdout, stderr, env } = process;
const context: ApplicationContext = { process: { stdout, stderr, env } };
await run(application, withDefaultCommand(process.argv.slice(2)), context);
// A command that has done its work may have set one itself.
process.exitCode = processExitCode(context.process.exitCode || process.exitCode);
