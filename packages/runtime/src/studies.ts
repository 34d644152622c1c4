import { ArcherError, EXIT, type Progress, type RunStudy } from '@archer-nas/core';

/** A study of a run with its position in the manifest. */
export interface PlacedStudy {
  readonly index: number;
  readonly run: RunStudy;
}

/** At which progress of the search each study was answered last, by {@link studyJob}. */
export type Answered = ReadonlyMap<string, number>;

/** The study's name in the journal. */
export function studyJob({ index, run }: PlacedStudy): string {
  return `study:${index}:${run.id}`;
}

/** The search's progress at which some study is asked next: the end, or before. */
export function nextQuestion(studies: readonly PlacedStudy[], { done, total }: Progress): number {
  const stops = studies.map((study) => {
    const every = interval(study);
    return every === undefined ? total : (Math.floor(done / every) + 1) * every;
  });
  return Math.min(total, ...stops);
}

/**
 * The studies to ask when the search has come to `progress`, in the manifest's order. At the
 * end each has its say; before, one that is asked every n is due once the search has passed
 * a multiple of n since the last answer, also in a step that jumps over it.
 */
export function dueStudies(
  studies: readonly PlacedStudy[],
  { done, total }: Progress,
  answered: Answered,
): readonly PlacedStudy[] {
  return studies.filter((study) => {
    const last = answered.get(studyJob(study));
    if (done >= total) return last !== done;
    const every = interval(study);
    return every !== undefined && Math.floor(done / every) > Math.floor((last ?? 0) / every);
  });
}

/** How often a study is asked in a search of `total`. */
export function timesAsked(study: PlacedStudy, { total }: Progress): number {
  const every = interval(study);
  return every === undefined ? 1 : Math.max(1, Math.ceil(total / every));
}

/**
 * Every study must count what the search counts.
 * @throws ArcherError `ARCHER_STUDY_UNIT` naming both
 */
export function checkUnits(studies: readonly PlacedStudy[], { unit }: Progress): void {
  for (const { index, run } of studies) {
    const { when } = run.study;
    if (when === 'after' || when.unit === unit) continue;
    throw new ArcherError(
      'ARCHER_STUDY_UNIT',
      `study.${index} "${run.id}" is asked every ${when.every} ${when.unit}s, but the search counts ${unit}s.`,
      { exit: EXIT.manifest },
    );
  }
}

function interval({ run }: PlacedStudy): number | undefined {
  const { when } = run.study;
  return when === 'after' ? undefined : Math.max(1, when.every);
}
