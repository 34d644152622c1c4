import type { Search, State } from '@archer-nas/core';
import { startEngine } from '@archer-nas/engine';
import { jobChecks } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { begunSearch } from '../test/begun-search.ts';
import { tinyBlocks } from '../test/tiny.ts';
import { fitMatrix } from './compatibility.ts';
import { loadInstalled } from './installed.ts';

const RESUME = 'ends the same when resumed after any step';
const installed = await loadInstalled(import.meta.dirname);
const matrix = await fitMatrix(installed.ids, installed.lookup);
/** Its tiny supernet is small, so that saving it after every step is quick. */
const SMALL = 'nas-bench-201';
/** Each strategy on that, or on the first space that it runs on, its parts in whatever package. */
const rows = [...matrix].flatMap(([strategy, row]) => {
  const fitting = [...row].flatMap(([space, fit]) =>
    fit.fits ? [{ ...fit, strategy, space }] : [],
  );
  return fitting.find(({ space }) => space === SMALL) ?? fitting[0] ?? [];
});

describe('R01 a strategy that is thrown away after every step and made from its state', () => {
  it('is any that is installed and runs on something', () => {
    expect(rows.length).toBeGreaterThan(6);
  });

  it.each(rows)(
    '$strategy ends as if it had not been, on $space',
    { timeout: 120_000 },
    async (row) => {
      const engine = await startEngine({ engine: 'wasm' });
      const blocks = await tinyBlocks(row, installed.lookup);
      const { lookup } = installed;
      const begin = (saved?: State) => begunSearch(blocks, { lookup, engine }, saved);
      const outcome = async (search: Search<unknown>) => [
        search.incumbents(),
        await search.result(),
      ];
      const check = jobChecks({ begin, outcome }).find(({ name }) => name === RESUME);
      if (check === undefined) throw new Error(`the kit has no check '${RESUME}'`);
      await check.run();
    },
  );
});
