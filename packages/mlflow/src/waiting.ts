import type { RunEnd, TrackedRun } from '@archer-nas/core';
import { hashOf } from './artifact-queue.ts';
import { endStatus } from './end-status.ts';
import { Memory, type SavedPlace } from './memory.ts';
import { Translator } from './translate.ts';

/** What of a run is not known to be at a server, one line each; nobody is asked. */
export function waitingFor(
  run: TrackedRun,
  server: string,
  { files, end }: { readonly files: readonly string[]; readonly end: RunEnd },
): string[] {
  using memory = new Memory(run.folder, server);
  memory.take();
  const place = isOf(run, memory.place) ? memory.place : undefined;
  const points = pointsAfter(run, place?.seq ?? -1);
  const unsent = files.filter((name) => {
    const content = run.folder.file(name);
    return content !== undefined && hashOf(content) !== place?.files[name];
  });
  return [
    ...(place === undefined ? ['parameters and tags'] : []),
    ...(points === undefined ? [] : [points]),
    ...unsent.map((name) => `artifact ${name}`),
    ...(place?.end === endStatus(run, memory, end) ? [] : ['the status at the end']),
  ];
}

function isOf({ id, startedMs }: TrackedRun, place: SavedPlace | undefined): boolean {
  return place?.search === id && place.startedMs === startedMs;
}

function pointsAfter({ folder, startedMs }: TrackedRun, seq: number): string | undefined {
  const translator = new Translator(startedMs);
  const reader = folder.lines();
  let count = 0;
  let [first, last] = [-1, -1];
  for (let lines = reader.next(); lines.length > 0; lines = reader.next()) {
    for (const line of lines) {
      const entry = translator.next(line);
      if (entry === undefined || entry.seq <= seq) continue;
      if (count === 0) first = entry.seq;
      last = entry.seq;
      count += entry.points.length;
    }
  }
  return count === 0
    ? undefined
    : `${count} metric points of the journal lines ${first} to ${last}`;
}
