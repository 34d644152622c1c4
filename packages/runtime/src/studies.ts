import type { Progress, RunStudy, Study } from '@archer-nas/core';

/** A study of a run with its position in the manifest. */
export interface PlacedStudy {
  readonly index: number;
  readonly run: RunStudy;
}

/** The study's name in the journal. */
export function studyJob({ index, run }: PlacedStudy): string {
  return `study:${index}:${run.id}`;
}

/** The search's progress at which some study is asked next: the end, or before. */
export function nextQuestion(studies: readonly PlacedStudy[], { done, total }: Progress): number {
  const stops = studies.map(({ run: { study } }) => {
    const every = interval(study);
    return every === undefined ? total : (Math.floor(done / every) + 1) * every;
  });
  return Math.min(total, ...stops);
}

/** The studies to ask when the search has come to `progress`, in the manifest's order. */
export function dueStudies(
  studies: readonly PlacedStudy[],
  { done, total }: Progress,
): readonly PlacedStudy[] {
  return studies.filter(({ run: { study } }) => {
    const every = interval(study);
    if (every === undefined) return done >= total;
    return done > 0 && (done % every === 0 || done >= total);
  });
}

function interval({ when }: Study<unknown>): number | undefined {
  return when === 'after' ? undefined : Math.max(1, when.every);
}
