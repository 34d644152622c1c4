import { EXIT, isArcherError } from '@archer-nas/core';
import { parseCommandLine } from './command-line.ts';
import { commands } from './commands/index.ts';
import { createOutput, messageOf } from './output.ts';
import { ownVersion } from './own-version.ts';

/** Runs one command line and returns the exit code. Never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const output = createOutput(args.includes('--json') || args.includes('--json=true'));
  let code: number = EXIT.ok;
  try {
    await parseCommandLine({ args, commands, version: ownVersion() }, async (command, values) => {
      code = await command.run(values as never, output);
    });
    return code;
  } catch (error) {
    output.value({ error: errorValue(error) });
    output.failure(error);
    return isArcherError(error) ? error.exit : EXIT.failed;
  }
}

function errorValue(error: unknown): object {
  if (!isArcherError(error)) return { code: 'UNEXPECTED', message: messageOf(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
