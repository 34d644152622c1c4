import type { Table } from '@archer-nas/core';
import { looksUp, type Retrained, type Retraining } from './retrain.ts';

/** The models of a search beside what they have come to. */
export function retrainedTable<A>(
  { space, truth, choice, images, test }: Retraining<A>,
  retrained: readonly Retrained<A>[],
): Table {
  const [metric] = truth.metrics;
  const name = metric?.name ?? 'value';
  const split = (test ?? images)?.name;
  const value = (x: number): number | null => (Number.isNaN(x) ? null : x);
  const several = retrained.length > 1;
  return {
    title: 'What the search has selected, trained from scratch',
    columns: ['architecture', 'search', ...(several ? ['chosen by'] : []), `retrained: ${name}`],
    rows: retrained.map(({ architecture, searched, chosenBy, reported }) => [
      space.format(architecture),
      searched ?? null,
      ...(several ? [value(chosenBy)] : []),
      value(reported),
    ]),
    notes: [
      ...(truth.description === undefined ? [] : [`retrained: ${truth.description}.`]),
      ...(looksUp(truth) || split === undefined ? [] : [`scored on the ${split} split.`]),
      ...(several ? [`chosen by: ${choice?.description ?? 'the same trainings'}.`] : []),
      ...(several && choice === undefined && test === undefined
        ? ['The best of all was chosen by the numbers that it is reported with: too good.']
        : []),
    ],
  };
}
