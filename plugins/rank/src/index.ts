import {
  ArcherError,
  type Benchmark,
  definePlugin,
  type Evaluator,
  EXIT,
  ifPresent,
} from '@archer-nas/core';
import { rankOptions } from './options.ts';
import { rankStudy } from './rank.ts';

const plugin = definePlugin({
  id: 'rank',
  kind: 'study',
  summary: 'How well do the scores of a search order architectures?',
  options: rankOptions,
  requires: ['view:scores'],
  parts: {
    truth: { kind: ['benchmark', 'evaluator'], otherwise: 'fallback' },
    fallback: { kind: 'evaluator', optional: true },
  },
  create(options, deps) {
    const { space, parts, missing } = deps;
    if (options.images === 'test' && deps.permit !== 'test-split') throw withheld();
    const classes = ifPresent(() => deps.data.classes);
    const truth = (parts.truth ?? parts.fallback) as Benchmark<unknown> | Evaluator<unknown>;
    const reason = missing.truth;
    // Said, not reported: it may name a folder, and results are the same on every machine.
    if (reason !== undefined) deps.log(`${reason} Ranking against the fallback.`);
    const ranked = {
      space,
      truth,
      missing: reason !== undefined,
      ...(classes === undefined ? {} : { classes }),
    };
    return rankStudy<unknown>(ranked, options);
  },
});
export default plugin;

/** Said before the search, not after it. */
function withheld(): ArcherError {
  return new ArcherError('ARCHER_TEST_WITHHELD', 'rank: images: test reads the test split.', {
    hint: 'Add "permit: test-split" to its block, or rank on images: valid.',
    exit: EXIT.manifest,
  });
}
