import { ArcherError, type DataSet, type DataSplit, EXIT, type SplitName } from '@archer-nas/core';

/** The data set as a search sees it: without the test split. */
export function withhold(data: DataSet): DataSet {
  const open = (split: SplitName): DataSplit => {
    if (split === 'test') throw withheld(`a search on ${data.name}`);
    return data.open(split);
  };
  const splits = data.splits.filter((split) => split !== 'test');
  // Not the data set itself as target: a proxy may not change what a frozen object answers.
  return new Proxy(Object.create(data) as DataSet, {
    get(_target, key) {
      if (key === 'open') return open;
      if (key === 'splits') return splits;
      const value: unknown = Reflect.get(data, key, data);
      return typeof value === 'function' ? value.bind(data) : value;
    },
  });
}

/**
 * Opens splits for a study.
 * @throws ArcherError `ARCHER_TEST_WITHHELD` for `test` without `permit`, `ARCHER_NO_DATA`
 * when the manifest has no data
 */
export function studySplits(
  data: DataSet | undefined,
  study: { readonly id: string; readonly permit?: 'test-split' },
): (split: SplitName) => DataSplit {
  return (split) => {
    if (data === undefined) {
      throw new ArcherError('ARCHER_NO_DATA', `Study "${study.id}" asks for images.`, {
        hint: 'Add a "data:" block to the manifest.',
        exit: EXIT.manifest,
      });
    }
    if (split === 'test' && study.permit !== 'test-split') {
      throw withheld(`study "${study.id}"`);
    }
    return data.open(split);
  };
}

function withheld(who: string): ArcherError {
  return new ArcherError('ARCHER_TEST_WITHHELD', `The test split is withheld from ${who}.`, {
    hint: 'A study may read it with "permit: test-split" in its block; a search never may.',
    exit: EXIT.manifest,
  });
}
