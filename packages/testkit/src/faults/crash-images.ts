import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createStreams, type Stream, sha256Hex } from '@archer-nas/core';
import { DiskModel, edited, type Image, type Survival, torn, zeroed } from './disk-model.ts';
import type { DiskChange, Recording } from './record-files.ts';

/** What a crash at one moment may have left on the disk. */
export interface CrashImage {
  /** What happened, such as `power lost after change 31 (rename …): names kept, data not`. */
  readonly title: string;
  readonly kind: 'kill' | 'power';
  readonly image: Image;
  /** The marks before the crash: what was promised. */
  readonly promised: readonly string[];
}

/** How many images are made. */
export interface ImageOptions {
  /** Power cuts at each moment that keep a random choice of what was not synced. */
  readonly draws?: number;
  /** Bytes at which the last write is torn, of its length; a few unless given. */
  readonly tears?: (length: number) => readonly number[];
  readonly seed?: number;
}

/**
 * Every state that a SIGKILL or a power cut at any moment of a recording could leave, each
 * once. A SIGKILL keeps what was written, the last write perhaps torn. A power cut keeps what
 * was synced, and of the rest: nothing; the names alone; names with zeros for data; the data
 * without the names; or, `draws` times, some of it.
 */
export function* crashImages(
  recording: Pick<Recording, 'root' | 'before' | 'changes'>,
  { draws = 1, tears = someBytes, seed = 0 }: ImageOptions = {},
): Generator<CrashImage> {
  const disk = new DiskModel(recording);
  const streams = createStreams(seed);
  const promised: string[] = [];
  const seen = new Set<string>();
  for (const [index, change] of recording.changes.entries()) {
    disk.apply(change);
    if (change.type === 'mark') promised.push(change.label);
    const stream = streams.stream('power', index);
    const found = [...killed(disk, change, tears), ...powerCuts(disk, draws, stream)];
    for (const { kind, title, image } of found) {
      const digest = sha256Hex(`${promised.length} ${fingerprint(image)}`);
      if (seen.has(digest)) continue;
      seen.add(digest);
      const at = `after change ${index} (${describeChange(change, recording.root)})`;
      yield { kind, title: `${title} ${at}`, image, promised: [...promised] };
    }
  }
}

/** Puts an image on a real disk, below the folder `into`. */
export function materialise(image: Image, into: string): void {
  mkdirSync(into, { recursive: true });
  for (const [path, content] of image) {
    const at = join(into, path);
    mkdirSync(content === undefined ? at : dirname(at), { recursive: true });
    if (content !== undefined) writeFileSync(at, content);
  }
}

type Found = Pick<CrashImage, 'kind' | 'title' | 'image'>;

function* killed(
  disk: DiskModel,
  change: DiskChange,
  tears: (length: number) => readonly number[],
): Generator<Found> {
  yield { kind: 'kill', title: 'killed', image: disk.killed() };
  if (change.type !== 'write') return;
  for (const taken of tears(change.bytes.length)) {
    const content: Survival['content'] = (durable, edits) =>
      edits.at(-1) === change ? torn(durable, edits, taken) : edited(durable, edits);
    const image = disk.lost({ keepsName: () => true, content });
    yield { kind: 'kill', title: `killed with ${taken} bytes written`, image };
  }
}

function* powerCuts(disk: DiskModel, draws: number, stream: Stream): Generator<Found> {
  const all = (): boolean => true;
  const none = (): boolean => false;
  const durable: Survival['content'] = (content) => content;
  const survivals: [string, Survival][] = [
    ['nothing else kept', { keepsName: none, content: durable }],
    ['names kept, data not', { keepsName: all, content: durable }],
    ['names kept, zeros for data', { keepsName: all, content: zeroed }],
    ['data kept, names not', { keepsName: none, content: edited }],
  ];
  for (let i = 0; i < draws; i++) survivals.push([`choice ${i}`, choice(stream)]);
  for (const [what, survival] of survivals) {
    yield { kind: 'power', title: `power lost, ${what},`, image: disk.lost(survival) };
  }
}

/** Some name changes, and of each file's edits the first few, the last of them torn. */
function choice(stream: Stream): Survival {
  return {
    keepsName: () => stream.int(2) === 1,
    content(durable, edits) {
      const kept = edits.slice(0, stream.int(edits.length + 1));
      const last = kept.at(-1);
      const length = last !== undefined && 'bytes' in last ? last.bytes.length : 0;
      return torn(durable, kept, stream.int(length + 1));
    },
  };
}

function someBytes(length: number): readonly number[] {
  return [...new Set([0, 1, length >> 1, length - 1])].filter((n) => n >= 0 && n < length);
}

function fingerprint(image: Image): string {
  return [...image]
    .map(([path, content]) => `${path} ${content === undefined ? '' : sha256Hex(content)}`)
    .sort()
    .join('\n');
}

function describeChange(change: DiskChange, root: string): string {
  const short = (path: string): string => path.slice(root.length + 1);
  if (change.type === 'mark') return change.label;
  if (change.type === 'write') return `write of ${change.bytes.length} bytes`;
  if ('to' in change) return `${change.type} ${short(change.path)} to ${short(change.to)}`;
  return 'path' in change ? `${change.type} ${short(change.path)}` : change.type;
}
