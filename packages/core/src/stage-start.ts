/** A training with which the stages of a search alternate. */
export interface StagedTraining {
  readonly epochs: number;
  readonly stages: number;
  /** Share of the epochs before the first stage. */
  readonly warmUp: number;
}

/**
 * Epochs that are complete when a stage, counted from 0, is due: stages follow the warm-up at equal
 * distances, the last of which is left for the final choice; that alone where there are no stages.
 */
export function stageStart(stage: number, { epochs, stages, warmUp }: StagedTraining): number {
  const first = Math.round(warmUp * epochs);
  if (stages === 0) return first;
  return first + Math.floor(((epochs - first) * stage) / stages);
}
