import { ArcherError, EXIT, nearest } from '@archer-nas/core';
import yargs, { type Argv, type Options } from 'yargs';
import type { Command } from './commands/command.ts';

const EXIT_CODES = `Exit codes:
  ${EXIT.ok}    done                         ${EXIT.engine}    the engine cannot start
  ${EXIT.failed}    failed                       ${EXIT.locked}    another process runs it
  ${EXIT.usage}    wrong usage                  ${EXIT.corrupt}    run folder damaged
  ${EXIT.manifest}    invalid manifest             ${EXIT.timeUp}   --max-time is over; resume
  ${EXIT.drift}    something changed since      ${EXIT.interrupted}  interrupted; resume
  ${EXIT.data}    data missing or damaged`;

const GLOBAL = ['json', 'version', 'help'];

/** A command line, ready to be parsed. */
export interface CommandLine {
  readonly args: readonly string[];
  readonly commands: readonly Command<never>[];
  readonly version: string;
}

/** Parsed values by option, with the words that no positional takes in `_`. */
type Values = Readonly<Record<string, unknown>> & { readonly _: readonly unknown[] };

/**
 * Parses a command line and calls `run` with its command; `--help` and `--version` print.
 * @throws ArcherError `ARCHER_USAGE` (exit code 2) with the nearest names
 */
export async function parseCommandLine(
  line: CommandLine,
  run: (command: Command<never>, values: Values) => Promise<void>,
): Promise<void> {
  const parser = yargs([...line.args])
    .scriptName('archer')
    .locale('en') // our own texts are English
    .parserConfiguration({ 'boolean-negation': false, 'dot-notation': false })
    .usage('$0 <command>\n\nNeural architecture search from manifests.')
    .option('json', { type: 'boolean', describe: 'Print one JSON value, no text' })
    .demandCommand(1)
    .strictOptions()
    .exitProcess(false)
    .showHelpOnFail(false)
    .epilogue(EXIT_CODES)
    .version(line.version)
    .help()
    .alias('h', 'help')
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw usageError(message ?? error?.message ?? '', line);
    });
  for (const command of line.commands) {
    const { command: notation, describe } = command;
    parser.command(
      notation,
      describe,
      (argv) => build(argv, command),
      async (values) => {
        checkValues(values, command);
        checkSwitches(line.args, command);
        await run(command, values);
      },
    );
  }
  parser.command('*', false, {}, () => {
    throw usageError('', line);
  });
  await parser.parseAsync();
}

function build(parser: Argv, { command, builder, examples = [] }: Command<never>): Argv {
  const positionals = positionalsOf(command);
  for (const [name, option] of Object.entries<Options>(builder)) {
    if (positionals.includes(name)) parser.positional(name, option as object);
    else parser.option(name, { requiresArg: option.type !== 'boolean', ...option });
  }
  const options = Object.keys(builder).filter((name) => !positionals.includes(name));
  parser.group(options, 'Options:').group(GLOBAL, 'Always:');
  for (const [line, what] of examples) parser.example(`$0 ${line}`, what);
  return parser;
}

function positionalsOf(notation: string): string[] {
  return [...notation.matchAll(/[<[](\w+)(?:\.\.)?[\]>]/g)].map(([, name]) => name as string);
}

/** What yargs lets pass: words that nothing takes, and options given twice. */
function checkValues(values: Values, { command, builder }: Command<never>): void {
  const [, ...left] = values._;
  const name = nameOf(command);
  if (left.length > 0) {
    throw refused(`archer ${command} does not take "${left.join(' ')}".`, helpFor(name));
  }
  for (const [option, { array }] of Object.entries<Options>(builder)) {
    if (array || !Array.isArray(values[option])) continue;
    throw refused(`--${option} is given more than once.`, helpFor(name));
  }
}

/** Of a switch yargs reads all values but `true` as false: `--dry-run=yes` would run. */
function checkSwitches(args: readonly string[], { command, builder }: Command<never>): void {
  const options: Readonly<Record<string, Options>> = { ...builder, json: { type: 'boolean' } };
  for (const arg of optionsOf(args)) {
    const [, name = '', value = 'true'] = /^--?([\w-]+)=(.*)$/s.exec(arg) ?? [];
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (options[dashed]?.type !== 'boolean' || ['true', 'false'].includes(value)) continue;
    const message = `--${dashed} is a switch: it takes true or false, not "${value}".`;
    throw refused(message, helpFor(nameOf(command)));
  }
}

function usageError(message: string, { args, commands }: CommandLine): ArcherError {
  const word = args.find((arg) => !arg.startsWith('-'));
  const names = commands.map(({ command }) => nameOf(command));
  const chosen = commands.find(({ command }) => nameOf(command) === word);
  const known = [...GLOBAL, ...Object.keys(chosen?.builder ?? {})];
  const unknown = unknownOption(args, known);
  if (unknown !== undefined) {
    const after = chosen === undefined ? '' : ` ${nameOf(chosen.command)}`;
    const options = known.map((option) => `--${option}`);
    const hint = didYouMean(unknown, options) ?? `archer${after} --help lists the options.`;
    return refused(`archer${after} has no option ${unknown}.`, hint);
  }
  if (word === undefined) return refused('Which command?', `There are: ${names.join(', ')}.`);
  if (chosen === undefined) {
    const hint = didYouMean(word, names) ?? `There are: ${names.join(', ')}.`;
    return refused(`archer has no command "${word}".`, hint);
  }
  const incomplete = message.startsWith('Not enough non-option arguments');
  if (incomplete) {
    const hint = 'What has no dashes comes first, options after it.';
    return refused(`Something is missing: archer ${chosen.command}`, hint);
  }
  return refused(message, helpFor(nameOf(chosen.command)));
}

/** The first option that is not known, as it was given. */
function unknownOption(args: readonly string[], known: readonly string[]): string | undefined {
  const names = optionsOf(args).map((arg) => arg.replace(/=.*$/s, ''));
  return names.find((name) => !known.includes(name.replace(/^--/, '')));
}

/** Words with dashes before `--`. */
function optionsOf(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).filter((arg) => /^--?[a-z]/i.test(arg));
}

function didYouMean(given: string, known: readonly string[]): string | undefined {
  const close = nearest(given, known);
  return close.length === 0 ? undefined : `Did you mean ${close.join(' or ')}?`;
}

const nameOf = (notation: string): string => notation.split(' ')[0] as string;
const helpFor = (name: string): string => `archer ${name} --help shows what it takes.`;

function refused(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_USAGE', message, { hint, exit: EXIT.usage });
}
