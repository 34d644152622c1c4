// @ts-check
// One run of regularised evolution on the NAS-Bench-201 table, as `archer run` makes it: with
// journal, checkpoint and result. Prints one line of JSON; reading the table is not timed.
//
//   node tabular-worker.mjs COLUMN POPULATION SAMPLE EVALUATIONS TIMES
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@archer-nas/core';
import { run } from '@archer-nas/runtime';
import { ROOT } from './contenders.mjs';

const [column = 'c10_valid_12', ...numbers] = process.argv.slice(2);
const [population = 10, sample = 3, evaluations = 300, times = 500] = numbers.map(Number);
const arm = {
  name: 'rea',
  use: 'search',
  evaluations,
  sampler: { use: 'regularised-evolution', population, sample },
};
const manifest = parseManifest(
  JSON.stringify({
    name: 'bench-tabular',
    space: { use: 'nas-bench-201' },
    evaluator: { use: 'table', benchmark: { use: 'bench-nas-bench-201', column } },
    strategy: { use: 'repeat', times, arms: [arm] },
    tracker: null,
  }),
  'bench.json',
);

const out = mkdtempSync(join(tmpdir(), 'archer-tabular-'));
/** @type {{ seconds: number, cpuSeconds: number }[]} */
const marks = [];
const mark = () => {
  const { user, system } = process.cpuUsage();
  marks.push({ seconds: performance.now() / 1e3, cpuSeconds: (user + system) / 1e6 });
};
try {
  const { records } = await run({
    manifest,
    folder: join(ROOT, 'experiments'),
    out,
    onEvent(event) {
      if (event.type === 'job' || event.type === 'result') mark();
      else if (event.type === 'step' && event.progress.done >= event.progress.total) mark();
    },
  });
  const [begin, searched, ended] = marks;
  const record = records[0];
  if (!begin || !searched || !ended || !record?.result) throw new Error('the run did not finish');
  const journal = statSync(join(record.folder, 'journal.jsonl')).size;
  const since = (/** @type {typeof begin} */ end) => ({
    seconds: end.seconds - begin.seconds,
    cpuSeconds: end.cpuSeconds - begin.cpuSeconds,
  });
  const result = {
    ...since(searched),
    whole: since(ended),
    evaluations: evaluations * times,
    mean: record.result.search.metrics[`rea/${column}`],
    journalBytes: journal,
    version: `Node.js ${process.version}`,
  };
  console.log(JSON.stringify(result));
} finally {
  rmSync(out, { recursive: true, force: true });
}
