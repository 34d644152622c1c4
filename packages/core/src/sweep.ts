import { changedPaths } from './changed-paths.ts';
import { ArcherError, EXIT } from './errors.ts';
import { folderName } from './folder-name.ts';
import { withOverlay, withSettings } from './manifest.ts';
import type { Manifest } from './manifest-schema.ts';
import { suggestion } from './suggest.ts';

/** The most points of one sweep: more are a typing error, or a strategy's work. */
const MAX_POINTS = 10_000;

/** One variation of a manifest. */
export interface SweepPoint {
  /** Kebab-case, and the name of the folder of its results. */
  readonly name: string;
  readonly overlay: Readonly<Record<string, unknown>>;
  /** As `--set` takes them: a path of the grid with its value. */
  readonly settings: readonly string[];
}

/**
 * The points of a manifest's sweep in a fixed order: named points as written; inside of each the
 * grid, whose last path varies fastest.
 * @throws ArcherError `ARCHER_SWEEP` without a sweep, or for points whose names would be equal
 */
export function sweepPoints({ name, profiles, sweep }: Manifest): readonly SweepPoint[] {
  if (sweep === undefined) {
    throw problem(`${name} has no sweep.`, 'sweep: { grid: { strategy.epochs: [10, 20] } }');
  }
  const cells = gridOf(sweep.grid ?? {}, name);
  const named = Object.entries(sweep.points ?? { '': {} });
  const points = named.flatMap(([point, overlay]) =>
    cells.map(({ words, settings }) => ({
      name: [...(point === '' ? [] : [point]), ...words].join('-'),
      overlay: overlay ?? {},
      settings,
    })),
  );
  const seen = new Set(Object.keys(profiles));
  for (const { name: point } of points) {
    const valid = folderName.safeParse(point).success;
    if (valid && !seen.has(point)) seen.add(point);
    else {
      const why = valid ? 'is the name of two of them, or of a profile' : 'is no name of a folder';
      throw problem(
        `The sweep of ${name} has points whose names cannot be told apart: "${point}" ${why}.`,
        'Write them under `sweep.points`, each with a name of its own.',
      );
    }
  }
  return points;
}

/** The manifest at one point of its sweep. @throws ArcherError `ARCHER_SWEEP` */
export function withPoint(manifest: Manifest, name: string | undefined): Manifest {
  if (name === undefined) return manifest;
  const point = pointOf(manifest, name);
  return withSettings(overlaid(manifest, point), point.settings);
}

/**
 * The paths in which a point is another experiment than the manifest, whose expectations are not for
 * it. Expectations that a point brings along are for what is written beside them.
 * @throws ArcherError `ARCHER_SWEEP`
 */
export function pointChanges(manifest: Manifest, name: string | undefined): readonly string[] {
  if (name === undefined) return [];
  const point = pointOf(manifest, name);
  const expected = point.overlay.expect === undefined ? manifest : overlaid(manifest, point);
  const now = withPoint(manifest, name);
  return changedPaths({ ...expected, expect: now.expect }, now);
}

function overlaid(manifest: Manifest, { name, overlay }: SweepPoint): Manifest {
  return withOverlay(manifest, overlay, `sweep.points.${name}`);
}

function pointOf(manifest: Manifest, name: string): SweepPoint {
  const points = sweepPoints(manifest);
  const point = points.find((one) => one.name === name);
  if (point !== undefined) return point;
  const names = points.map((one) => one.name);
  throw problem(`The sweep of ${manifest.name} has no point "${name}".`, suggestion(name, names));
}

/** All combinations of a grid, with a word for each value. */
function gridOf(grid: Readonly<Record<string, readonly unknown[]>>, manifest: string) {
  const paths = Object.keys(grid);
  const size = paths.reduce((product, path) => product * (grid[path]?.length ?? 0), 1);
  if (size > MAX_POINTS) {
    throw problem(
      `The sweep of ${manifest} has ${size} points, more than ${MAX_POINTS}.`,
      'A search over so many is what strategies are for.',
    );
  }
  let cells: { words: string[]; settings: string[] }[] = [{ words: [], settings: [] }];
  for (const path of paths) {
    const word = paths.every((other) => other === path || lastOf(other) !== lastOf(path))
      ? lastOf(path)
      : path;
    cells = cells.flatMap(({ words, settings }) =>
      (grid[path] ?? []).map((value) => ({
        words: [...words, kebab(`${word} ${textOf(value)}`)],
        settings: [...settings, `${path}=${JSON.stringify(value)}`],
      })),
    );
  }
  return cells;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** A block by the plugin that it uses, everything else as JSON. */
function textOf(value: unknown): string {
  const use = (value as { use?: unknown } | null)?.use;
  if (typeof use === 'string') return use;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `weightDecay 5e-4`: `weight-decay-5e-4`. */
function kebab(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function problem(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_SWEEP', message, { hint, exit: EXIT.manifest });
}
