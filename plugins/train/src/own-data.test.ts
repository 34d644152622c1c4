import type { DataSet, Dependencies, Evaluator, Maker } from '@archer-nas/core';
import type { Bits } from '@archer-nas/testkit';
import { expect, it } from 'vitest';
import plugins from './index.ts';
import { trainOptions } from './options.ts';
import { data, space } from './testing/toy-network.ts';

const other: DataSet = { ...data, name: 'other', batch: 4 };

/** The evaluator of a block with data of its own. */
async function withOwn(own: DataSet, purpose: Dependencies['purpose']) {
  const { create } = plugins[0] as unknown as Maker<'evaluator'>;
  const engine = { class: 'js' };
  const dependencies = { space, data, engine, parts: { data: own }, purpose };
  const options = trainOptions.parse({ epochs: 1 });
  return create(options, dependencies as unknown as Dependencies) as Promise<Evaluator<Bits>>;
}

it('trains on data of its own where a study asks', async () => {
  const { description, identity } = await withOwn(other, 'study');
  expect(description).toContain('images of other (batch 4,');
  expect(identity).not.toBe((await withOwn(data, 'study')).identity);
});

it('has no data of its own in a search, whose scores they could know', async () => {
  await expect(withOwn(other, 'search')).rejects.toMatchObject({ code: 'ARCHER_TRAIN_DATA' });
});

it('refuses data of another task', async () => {
  const ten = { ...other, classes: 10 };
  await expect(withOwn(ten, 'study')).rejects.toThrow(
    "other has 10 classes of 4x4x3, the search's has 3 classes of 4x4x3",
  );
});
