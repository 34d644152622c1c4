import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { EventFolder } from './event-folder.ts';
import { pointRecord } from './event-record.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const venv = process.env.ARCHER_TENSORBOARD_VENV ?? join(ROOT, '.cache/tensorboard-venv');
const python = join(venv, 'bin/python');

/** What TensorBoard reads: tag, plugin, and (wall time, step, value) of each event. */
const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
events = EventAccumulator(sys.argv[1], size_guidance={'tensors': 0})
events.Reload()
plugin = lambda tag: events.SummaryMetadata(tag).plugin_data.plugin_name
value = lambda event: tensor_util.make_ndarray(event.tensor_proto).item()
print(json.dumps([[tag, plugin(tag), [[e.wall_time, e.step, repr(value(e))] for e in events.Tensors(tag)]]
  for tag in events.Tags()['tensors']]))
`;

it.skipIf(!existsSync(python))(
  'TensorBoard itself reads every point once, with all digits, after a crash too',
  { timeout: 120_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'archer-tensorboard-'));
    try {
      const timeMs = 1_700_000_000_500;
      const point = (tag: string, step: number, value: number) =>
        pointRecord({ tag, step, value, timeMs });
      const first = [point('loss', 1, 1 / 3), point('α/größe', 200, Number.POSITIVE_INFINITY)];
      const second = [point('loss', 2, 0.1), point('loss', 2 ** 40, -1e-300)];
      new EventFolder(folder, timeMs).put(first);
      new EventFolder(folder, timeMs).put([...first, ...second]);
      const output = execFileSync(python, ['-c', READ, folder], { encoding: 'utf8' });
      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual([
        [
          'loss',
          'scalars',
          [
            [timeMs / 1000, 1, '0.3333333333333333'],
            [timeMs / 1000, 2, '0.1'],
            [timeMs / 1000, 2 ** 40, '-1e-300'],
          ],
        ],
        ['α/größe', 'scalars', [[timeMs / 1000, 200, 'inf']]],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
