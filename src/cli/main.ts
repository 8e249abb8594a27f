#!/usr/bin/env node
import { type ApplicationContext, run } from '@stricli/core';
import { application, withDefaultCommand } from './application.ts';
import { processExitCode } from './exit-code.ts';
import { endOnClosedOutput } from './output.ts';

endOnClosedOutput();
const { stdout, stderr, env } = process;
const context: ApplicationContext = { process: { stdout, stderr, env } };
await run(application, withDefaultCommand(process.argv.slice(2)), context);
process.exitCode = processExitCode(context.process.exitCode);
