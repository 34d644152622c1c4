// @ts-check
// Nothing that Archer reads becomes code: no eval, no shell, no pickle, no archive extraction in
// what packages ship. Names every line of their sources that could.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** @type {readonly (readonly [what: string, pattern: RegExp])[]} */
const FORBIDDEN = [
  ['eval', /(?<![.\w])eval\s*\(|globalThis\.eval|\beval\s*:\s*true/],
  [
    'code from text',
    /\bnew\s+Function\b|(?<![.\w])Function\s*\(|\bconstructor\s*\(\s*['"`]return\b/,
  ],
  ['a timer with text', /\bset(?:Timeout|Interval|Immediate)\s*\(\s*['"`]/],
  ['node:vm', /['"](?:node:)?vm['"]/],
  [
    'a shell',
    /\bshell\s*:(?!\s*false\b)|\bexec(?:Sync)?\b[^;'"]*\bfrom\s*['"](?:node:)?child_process/,
  ],
  ['a shell', /\bchild_process['"]\s*\)\s*\.\s*exec(?:Sync)?\b/],
  ['a pickle', /\bunpickle|pickle\.loads?\b|['"](?:node-pickle|jpickle|pickleparser)['"]/i],
  ['an archive', /['"](?:adm-zip|extract-zip|unzipper|decompress|node-stream-zip)['"]/],
  [
    'an import of a computed name',
    /(?:await|return|=|=>|\()\s*import\s*\((?!\s*(['"])[^'"]*\1\s*[,)])/,
  ],
];

/** Lines that may, and why. */
const ALLOWED = new Map([
  ['packages/engine-native/src/wasm/workers.ts: eval', 'the text is a constant of that file'],
  ['packages/runtime/src/plugin-lookup.ts: an import of a computed name', 'of installed plugins'],
  ['packages/engine/src/candidates/load.ts: an import of a computed name', 'of known engines'],
  ['packages/engine-webgpu/gpu-thread.mjs: an import of a computed name', 'of known packages'],
  ['packages/cli/bin/archer.js: an import of a computed name', 'of a file beside it'],
  ['packages/testkit/src/other-process.ts: an import of a computed name', 'for tests of plugins'],
]);

/** @param {string} root @returns {string[]} one line per finding */
export function dynamicCode(root) {
  return ['packages', 'plugins'].flatMap((group) =>
    sources(join(root, group)).flatMap((file) => {
      const path = relative(root, file).split(sep).join('/');
      const text = withoutComments(readFileSync(file, 'utf8'));
      return FORBIDDEN.flatMap(([what, pattern]) => {
        const found = pattern.exec(text);
        if (found === null || ALLOWED.has(`${path}: ${what}`)) return [];
        const line = text.slice(0, found.index).split('\n').length;
        return [`${path}:${line}: ${what}`];
      });
    }),
  );
}

/** What is shipped: no tests, no build outputs. @param {string} folder @returns {string[]} */
function sources(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mts|mjs|cjs|js)$/.test(name) && !/\.(?:test|d)\.m?ts$/.test(name))
    .filter((name) => !/(?:^|[\\/])(?:node_modules|dist|build|tools|test|\.cache)[\\/]/.test(name))
    .map((name) => join(folder, name));
}

/** With as many lines. @param {string} text */
function withoutComments(text) {
  return text
    .replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/^\s*\/\/.*$/gm, '');
}

if (process.argv[1] === import.meta.filename) {
  const lines = dynamicCode(resolve(import.meta.dirname, '../..'));
  for (const line of lines) console.error(`forbidden: ${line}`);
  process.exitCode = lines.length > 0 ? 1 : 0;
}
