import {
  isCollection,
  isNode,
  isPair,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  parseDocument,
} from 'yaml';

/**
 * The longest text that is read, in UTF-16 code units; real manifests have a few thousand. The
 * YAML library takes time in proportion to the square of some texts: a second for this many.
 */
export const MAX_CHARACTERS = 2 ** 18;
/** Levels that a manifest may nest. */
const MAX_DEPTH = 64;
/** The parser also keeps open the document and the scalar that it reads. */
const MAX_OPEN = MAX_DEPTH + 3;
const MAX_ALIASES = 100;
/** Characters of a line that an error shows. */
const SHOWN = 80;

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** True for the names that lead to an object's prototype: nothing that users write has them. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN.has(key);
}

/** Options of {@link readYamlTree}. */
export interface ReadOptions {
  /** Show the line that is wrong; not for what may be a secret. */
  readonly quote?: boolean;
}

/**
 * The tree of one YAML 1.2 or JSON document: null, booleans, finite numbers, texts, lists and
 * mappings. What the text is decides neither the stack nor, within seconds, the time.
 * @throws Error with the place, for what is no YAML and for what a manifest never needs
 */
export function readYamlTree(text: string, { quote = true }: ReadOptions = {}): unknown {
  if (text.length > MAX_CHARACTERS) {
    throw new RangeError(`${text.length} characters; a manifest holds at most ${MAX_CHARACTERS}`);
  }
  checkOpenLevels(text);
  const lineCounter = new LineCounter();
  // The library's check of keys and its messages would take minutes for some texts.
  const options = { lineCounter, uniqueKeys: false, prettyErrors: false, version: '1.2' } as const;
  const document = parseDocument(text, options);
  const [problem] = [...document.errors, ...document.warnings];
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    const quoted = quote ? `:\n${lineAround(text, offset, col)}` : '';
    return `at line ${line}, column ${col}${quoted}`;
  };
  if (problem !== undefined) throw new Error(`${problem.message} ${place(problem.pos[0])}`);
  if (document.directives?.yaml.version !== '1.2') throw new Error('not YAML 1.2');
  checkKeys(document.contents, place);
  const tree: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  checkTree(tree);
  return tree;
}

/**
 * Refuses what a manifest never needs and code below should never meet.
 * @throws RangeError
 */
export function checkTree(tree: unknown, depth = 0): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (typeof tree === 'number' && !Number.isFinite(tree)) {
    throw new RangeError(`${tree} as a number`);
  }
  if (typeof tree === 'string' && tree.includes('\0')) {
    throw new RangeError('a NUL character in a text');
  }
  if (['function', 'bigint', 'symbol'].includes(typeof tree)) {
    throw new RangeError(`a value of type ${typeof tree}`);
  }
  if (typeof tree !== 'object' || tree === null) return;
  if (!isPlain(tree)) throw new RangeError('an object that is no list and no plain mapping');
  for (const [key, value] of Object.entries(tree)) {
    if (isForbiddenKey(key)) throw new RangeError(`the key "${key}" is not allowed`);
    if (key.includes('\0')) throw new RangeError('a NUL character in a key');
    checkTree(value, depth + 1);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/** Before anything is built from it: deep nesting costs the library the square, and the stack. */
function checkOpenLevels(text: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > MAX_OPEN) throw tooDeep();
  }
}

/** Keys are texts, numbers or booleans, each once; `1` and `"1"` are the same key. */
function checkKeys(node: unknown, place: (offset: number) => string): void {
  if (!isCollection(node)) return;
  const seen = new Set<string>();
  for (const item of node.items) {
    if (!isPair(item)) {
      checkKeys(item, place);
      continue;
    }
    const at = place(isNode(item.key) ? (item.key.range?.[0] ?? 0) : 0);
    if (!isScalar(item.key)) throw new Error(`a key that is no text ${at}`);
    const key = String(item.key.value);
    if (seen.has(key)) throw new Error(`Map keys must be unique: "${shortened(key, SHOWN)}" ${at}`);
    seen.add(key);
    checkKeys(item.value, place);
  }
}

/** The line of a place, or where it is long the part of it around the place. */
function lineAround(text: string, offset: number, column: number): string {
  const before = Math.min(column - 1, SHOWN / 2);
  const from = offset - before;
  const [shown = ''] = text.slice(from, from + SHOWN).split(/[\r\n]/, 1);
  return `${before < column - 1 ? '…' : ''}${shown}`;
}

/** A text with its end cut off where it is longer. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function tooDeep(): RangeError {
  return new RangeError(`nested deeper than ${MAX_DEPTH} levels`);
}
