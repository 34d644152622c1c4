import {
  asEvaluator,
  type Benchmark,
  chooseArchitectures,
  type EvaluationContext,
  type Evaluator,
  type SearchSpace,
  type Streams,
  type Study,
  type StudyContext,
  splitIfAny,
} from '@archer-nas/core';
import { candidatesOf } from './candidates.ts';
import type { Column } from './column.ts';
import { knownArchitectures } from './known-architectures.ts';
import type { RankOptions } from './options.ts';
import { RankJob } from './rank-job.ts';

/** What the study compares the search's scores with. */
export interface RankParts<A> {
  readonly space: SearchSpace<A>;
  readonly truth: Benchmark<A> | Evaluator<A>;
  /** Whether the truth that the manifest asks for is not there, and `truth` is the fallback. */
  readonly missing?: boolean;
  /** Number of classes of the data, where there are data. */
  readonly classes?: number;
}

/** The ranking study: see the package's README for what it reports. */
export function rankStudy<A>(parts: RankParts<A>, options: RankOptions): Study<A> {
  const { space, classes } = parts;
  return {
    when: 'after',
    async begin(context, saved) {
      const { streams } = context;
      const stream = streams.stream('architectures');
      const architectures =
        options.architectures === 'known'
          ? knownArchitectures(space, parts.truth)
          : options.architectures === 'candidates'
            ? candidatesOf(space, context.search)
            : chooseArchitectures(space, options.architectures, stream);
      const columns = columnsOf(parts, options, context, architectures.length);
      const notes = notesOf(parts, columns);
      const { bootstrap } = options;
      const plan = { space, architectures, columns, bootstrap, streams, notes };
      return new RankJob({ ...plan, ...(classes === undefined ? {} : { classes }) }, saved);
    },
  };
}

/** The truth first: where it cannot be had, nothing is computed in vain. */
function columnsOf<A>(
  { truth }: RankParts<A>,
  options: RankOptions,
  { search, streams, cache, open }: StudyContext<A>,
  n: number,
): readonly Column<A>[] {
  const images = splitIfAny(open, options.images);
  const contextOf = (scope: Streams): EvaluationContext => ({
    batches: options.batches,
    streams: scope,
    ...(images ? { images } : {}),
  });
  const benchmark = 'evaluator' in truth;
  const truthColumn: Column<A> = {
    name: 'truth',
    evaluator: asEvaluator(truth),
    context: contextOf(streams.scope('truth')),
    perPiece: benchmark ? n : 1, // a table is read at once; each training is kept when it ends
    cache,
  };
  const scored = (['scores', 'untrained'] as const).flatMap((name): Column<A>[] => {
    const evaluator = search.views[name];
    const context = contextOf(streams.scope('scores'));
    return evaluator ? [{ name, evaluator, context, perPiece: options.chunk }] : [];
  });
  return [truthColumn, ...scored];
}

/** What was compared with what. */
function notesOf<A>({ truth, missing }: RankParts<A>, columns: readonly Column<A>[]): string[] {
  const what = ({ name, evaluator }: Column<A>): string => {
    const { name: metric, unit } = evaluator.metrics[0] ?? { name: 'nothing', unit: '' };
    const how = evaluator.description === undefined ? '' : `: ${evaluator.description}`;
    return `${name === 'truth' ? 'The truth is' : 'The scores are'} ${metric} (${unit})${how}.`;
  };
  const table = 'evaluator' in truth ? [`${truth.name}: ${truth.description}`] : [];
  const instead = missing
    ? ['The truth that was asked for is not there; ranked against the fallback.']
    : [];
  return [...instead, ...columns.filter(({ name }) => name !== 'untrained').map(what), ...table];
}
