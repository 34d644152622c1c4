import { z } from 'zod';
import { ArcherError, EXIT } from './errors.ts';
import { type Manifest, manifestSchema } from './manifest-schema.ts';
import { checkTree, type ReadOptions, readYamlTree, shortened } from './manifest-text.ts';
import { mergeBlocks, setAt } from './overlay.ts';
import type { Block } from './plugin.ts';
import { isSecretName, withoutSecrets } from './secrets.ts';
import { suggestion } from './suggest.ts';

/** Characters of what is wrong, and of where, that an error shows. */
const SHOWN_PROBLEMS = 2000;
const SHOWN_PATH = 200;

/**
 * Parses YAML or JSON text into a manifest. Aliases are limited, duplicate keys, unknown
 * tags and unknown keys are errors; nothing in it is ever executed.
 * @param source name for messages, usually the file
 * @throws ArcherError `ARCHER_MANIFEST` with the place and what was expected
 */
export function parseManifest(text: string, source: string): Manifest {
  const tree = readYaml(text, source);
  if (tree === null) throw bad(source, 'there is nothing in it; expected name, space and strategy');
  return typed(tree, source);
}

/**
 * Checks a manifest that was made in code or read back from a run folder.
 * @throws ArcherError `ARCHER_MANIFEST`
 */
export function checkManifest(manifest: Manifest, source: string): Manifest {
  checked(manifest, source);
  return typed(untyped(manifest), source);
}

/** Applies one profile on top of the manifest and drops the others. */
export function withProfile(manifest: Manifest, profile: string | undefined): Manifest {
  if (profile === undefined) return manifest;
  const known = Object.keys(manifest.profiles);
  const overlay = Object.hasOwn(manifest.profiles, profile)
    ? manifest.profiles[profile]
    : undefined;
  if (overlay === undefined) {
    throw new ArcherError('ARCHER_PROFILE', `${manifest.name} has no profile "${profile}".`, {
      hint: suggestion(profile, known),
      exit: EXIT.usage,
    });
  }
  return { ...withOverlay(manifest, overlay ?? {}, `profiles.${profile}`), profiles: {} };
}

/**
 * Lays part of a manifest over it, as a profile does.
 * @param where the overlay's place, for messages
 */
export function withOverlay(
  manifest: Manifest,
  overlay: Readonly<Record<string, unknown>>,
  where: string,
): Manifest {
  const merged = mergeBlocks(untyped(manifest), overlay, where);
  return typed(merged, `${manifest.name} with ${where}`);
}

/**
 * Applies `path=value` settings: `strategy.epochs=20`, `study.0.batches=4`. The value is
 * read as YAML.
 */
export function withSettings(manifest: Manifest, settings: readonly string[]): Manifest {
  if (settings.length === 0) return manifest;
  const tree = structuredClone(manifest) as unknown as Record<string, unknown>;
  for (const setting of settings) {
    const at = setting.indexOf('=');
    // The value may be a secret: errors name the path.
    const path = settingPath(setting);
    const source = `--set ${shortened(path, SHOWN_PATH)}`;
    if (at < 1) {
      throw new ArcherError('ARCHER_SETTING', `${source}: expected path=value.`, {
        hint: 'For example --set strategy.epochs=20.',
        exit: EXIT.usage,
      });
    }
    setAt(tree, path.split('.'), readYaml(setting.slice(at + 1), source, { quote: false }), source);
  }
  const source = `${manifest.name} with --set`;
  checked(tree, source);
  return typed(untyped(tree as unknown as Manifest), source);
}

/** Of `path=value`, without the value. */
export function settingPath(setting: string): string {
  return setting.split('=', 1)[0] as string; // a split gives something
}

/**
 * True for a setting that holds, or may hold, what {@link withoutSecrets} leaves out:
 * `tracker.password=…`, `data.url=https://ann:…@host`.
 */
export function isSecretSetting(setting: string): boolean {
  const at = setting.indexOf('=');
  const name = setting.slice(0, Math.max(at, 0)).split('.').at(-1) ?? '';
  if (isSecretName(name)) return true;
  try {
    const value = readYamlTree(setting.slice(at + 1), { quote: false });
    return JSON.stringify(value) !== JSON.stringify(withoutSecrets(value));
  } catch {
    // It is refused when it is applied; until then nobody knows.
    return true;
  }
}

function typed(tree: unknown, source: string): Manifest {
  const parsed = manifestSchema.safeParse(tree);
  if (!parsed.success)
    throw bad(source, z.prettifyError(parsed.error), unknownKeyHint(parsed.error));
  const { $schema: _, study, ...rest } = parsed.data;
  return { ...rest, study: study.map(studyBlock) };
}

function studyBlock(entry: Record<string, Record<string, unknown> | null>): Block {
  const [id, options] = Object.entries(entry)[0] as [string, Record<string, unknown> | null];
  return { ...options, use: id };
}

/** The tree that `typed` accepts again, if there is one. */
function untyped(manifest: Manifest): Record<string, unknown> {
  const { study, ...rest } = Object(manifest) as Manifest;
  const entries = Array.isArray(study) ? study.map(studyEntry) : study;
  return structuredClone({ ...rest, study: entries }) as Record<string, unknown>;
}

/** A study's block as manifests write it: `{ rank: { … } }`. */
function studyEntry(block: unknown): unknown {
  const { use, ...options } = Object(block) as Record<string, unknown>;
  return typeof use === 'string' ? { [use]: options } : block;
}

/** Refuses what no manifest can be, before anything is made of it. */
function checked(tree: unknown, source: string): void {
  try {
    checkTree(tree);
  } catch (cause) {
    throw bad(source, (cause as Error).message);
  }
}

function readYaml(text: string, source: string, options?: ReadOptions): unknown {
  try {
    return readYamlTree(text, options);
  } catch (cause) {
    throw bad(source, (cause as Error).message);
  }
}

function bad(source: string, message: string, hint?: string): ArcherError {
  const why = shortened(message, SHOWN_PROBLEMS);
  return new ArcherError('ARCHER_MANIFEST', `${source} is not a valid manifest:\n${why}`, {
    exit: EXIT.manifest,
    ...(hint === undefined ? {} : { hint }),
  });
}

function unknownKeyHint(error: z.ZodError): string | undefined {
  for (const issue of error.issues) {
    if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) continue;
    return suggestion(issue.keys[0] ?? '', Object.keys(manifestSchema.shape));
  }
  return undefined;
}
