import { ArcherError, EXIT, isArcherError, suggestion } from '@archer-nas/core';
import yargs from 'yargs';
import { commands } from './commands/index.ts';
import { createOutput, describeError } from './output.ts';

const EXIT_CODES = `Exit codes:
  ${EXIT.ok}    done                         ${EXIT.engine}    the engine cannot start
  ${EXIT.failed}    failed                       ${EXIT.locked}    another process runs it
  ${EXIT.usage}    wrong usage                  ${EXIT.corrupt}    run folder damaged
  ${EXIT.manifest}    invalid manifest             ${EXIT.timeUp}   --max-time is over; resume
  ${EXIT.drift}    something changed since      ${EXIT.interrupted}  interrupted; resume
  ${EXIT.data}    data missing or damaged`;

/** Runs one command line and returns the exit code. Never throws. */
export async function main(args: readonly string[]): Promise<number> {
  const output = createOutput(args.includes('--json'));
  ignoreBrokenPipe();
  try {
    return await parse(args, output);
  } catch (error) {
    if (output.json) output.value({ error: errorValue(error) });
    output.note(describeError(error, output.colour));
    return isArcherError(error) ? error.exit : EXIT.failed;
  }
}

async function parse(args: readonly string[], output: ReturnType<typeof createOutput>) {
  let code: number = EXIT.ok;
  const names = commands.map(({ command }) => command.split(' ')[0] as string);
  const parser = yargs([...args])
    .scriptName('archer')
    .usage('$0 <command>\n\nNeural architecture search from manifests.')
    .option('json', { type: 'boolean', default: false, describe: 'One JSON value, no text' })
    .demandCommand(1, 'Which command? archer --help lists them.')
    .strictOptions()
    .exitProcess(false)
    .showHelpOnFail(false)
    .epilogue(EXIT_CODES)
    .version()
    .help()
    .fail((message, error) => {
      throw error ?? usage(message, args, names);
    });
  for (const { command, describe, builder, run } of commands) {
    parser.command(command, describe, builder, async (argv) => {
      code = await run(argv as never, output);
    });
  }
  parser.command('*', false, {}, () => {
    throw usage(`Unknown command: ${args[0]}`, args, names);
  });
  await parser.parseAsync();
  return code;
}

/** A usage error; misspelt commands and options get the nearest name. */
function usage(message: string, args: readonly string[], names: readonly string[]): ArcherError {
  const command = args.find((arg) => !arg.startsWith('-')) ?? '';
  const hint = names.includes(command)
    ? `archer ${command} --help shows what it takes.`
    : suggestion(command, names);
  return new ArcherError('ARCHER_USAGE', message, { hint, exit: EXIT.usage });
}

function errorValue(error: unknown): object {
  if (!isArcherError(error)) return { code: 'UNEXPECTED', message: String(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** `archer list | head` ends quietly. */
function ignoreBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
}
