// @ts-check
// Infers one Nx target per experiments/<id>/manifest.{yaml,yml,json}: `nx run experiments:<id>`,
// with one configuration per profile: `nx run experiments:<id>:smoke`; and one per folder of
// manifests in experiments/suites: `nx run experiments:suite-<id>`.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

export const name = '@archer-nas/nx';

/**
 * A broken manifest must not break the project graph, and with it every other target:
 * the command itself reports it when that one target runs.
 * @param {string} path
 * @returns {{ title: string, profiles: string[] }}
 */
export function summarise(path) {
  try {
    const manifest = parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 });
    const { title, name: id, profiles } = Object(manifest);
    return { title: String(title ?? id), profiles: Object.keys(Object(profiles)) };
  } catch (error) {
    const [line] = String(/** @type {Error} */ (error).message).split('\n');
    return { title: `unreadable manifest: ${line}`, profiles: [] };
  }
}

/**
 * @param {string} file path of the manifest from the workspace root
 * @param {string} root of the workspace
 */
export function experimentTarget(file, root) {
  const { title, profiles } = summarise(join(root, file));
  return {
    ...archerTarget(`run ${file}`, title),
    configurations: Object.fromEntries(
      profiles.map((profile) => [profile, { args: `--profile=${profile}` }]),
    ),
  };
}

/** @param {string} folder path of the suite from the workspace root */
export function suiteTarget(folder) {
  return archerTarget(`suite run ${folder}`, `The suite ${basename(folder)}`);
}

/** @param {string} command @param {string} title */
function archerTarget(command, title) {
  return {
    executor: 'nx:run-commands',
    options: {
      command: `node packages/cli/dist/bin.js ${command}`,
      cwd: '{workspaceRoot}',
      forwardAllArgs: true,
    },
    dependsOn: ['^build'],
    // A run is resumed, never replayed from a cache.
    cache: false,
    // Two runs at once would share the cores and the timings would lie.
    parallelism: false,
    metadata: { description: title, technologies: ['archer'] },
  };
}

/** @type {import('@nx/devkit').CreateNodes} */
export const createNodes = [
  'experiments/{*/manifest,suites/*/*}.{yaml,yml,json}',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const folder = dirname(file);
      const isSuite = basename(dirname(folder)) === 'suites';
      const id = isSuite ? `suite-${basename(folder)}` : basename(folder);
      const target = isSuite ? suiteTarget(folder) : experimentTarget(file, workspaceRoot);
      const metadata = { targetGroups: { [isSuite ? 'suites' : 'experiments']: [id] } };
      const project = { name: 'experiments', targets: { [id]: target }, metadata };
      return [file, { projects: { experiments: project } }];
    }),
];

export const createNodesV2 = createNodes; // the name that older Nx versions read
