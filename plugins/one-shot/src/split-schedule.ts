import type { SplitPlan } from '@archer-nas/nn';
import type { Course } from './inheritance.ts';

/** How long supernets are trained and split, level by level; the whole supernet is level 0. */
export interface SplitSchedule {
  /** Of the training of one supernet. */
  epochs(level: number): number;
  /** Supernets that go on with all of their parents' share one course of the learning rate. */
  course(level: number): Course;
  /** Of all trainings and splits, where an epoch of a supernet has `perEpoch` steps. */
  steps(perEpoch: number): number;
}

/** @param epochs of the whole supernet */
export function splitSchedule(epochs: number, plan: readonly SplitPlan[]): SplitSchedule {
  const byLevel = [epochs, ...plan.map((split) => split.epochs)];
  const sum = (from: number, to: number): number =>
    byLevel.slice(from, to).reduce((total, one) => total + one, 0);
  const goesOn = (level: number): boolean => plan[level - 1]?.inherits === 'everything';
  return {
    epochs: (level) => byLevel[level] as number, // a level of the plan
    course(level) {
      let [first, end] = [level, level + 1];
      while (goesOn(first)) first -= 1;
      while (goesOn(end)) end += 1;
      return { epochs: sum(first, end), before: sum(first, level) };
    },
    steps(perEpoch) {
      let [supernets, total] = [1, epochs * perEpoch];
      for (const split of plan) {
        total += supernets * split.steps;
        supernets *= split.into;
        total += supernets * split.epochs * perEpoch;
      }
      return total;
    },
  };
}
