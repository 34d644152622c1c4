import { expect, it } from 'vitest';
import { durabilityPage } from './durability-page.mjs';

const machine = {
  ...{ processor: 'P', cores: 2, vectors: '', memoryGib: 1, system: 's', node: 'v1' },
  ...{ commit: 'c', load: [0, 0, 0] },
};
const run = (journal, checkpoint, runMs = 10_000) => ({
  ...{ runMs, spent: { journal, checkpoint, tracker: 1 }, closingMs: 15, steps: 100, lines: 200 },
  ...{ checkpoints: 2, bytes: 2 ** 20, journalBytes: 1, engine: 'native' },
});
const page = (runs, tracker = []) =>
  durabilityPage({ machine, command: '--x', runs, tracker, scale: '' });
const quick = (rounds) => page([{ name: 'quick', what: 'w', rounds }]);

it('adds journal and checkpoints to one share, and judges the median', () => {
  const rounds = [run(20, 10), run(40, 30), run(900, 0)];
  expect(quick(rounds)).toContain('| 0.70 % (0.30 %–9.00 %): reached |');
  expect(quick([run(50, 50)])).toContain('| 1.00 %: **missed** |');
  expect(quick([run(20, 10)])).toContain('| 200 µs | 2 of 1.00 MiB | 5.0 ms | 0.20 % | 0.10 % |');
});

it('compares runs whose tracker is down, or hangs, with those that have none', () => {
  const turn = (downMs, hangingMs) => [
    { without: run(0, 0), down: run(0, 0, downMs), hanging: run(0, 0, hangingMs) },
  ];
  const shown = page([], turn(10_100, 10_300));
  expect(shown).toContain('| refuses | 10.0 s | 10.1 s | 1.00 %: reached | 0.01 % | 15 ms |');
  expect(shown).toContain('| never answers | 10.0 s | 10.3 s | 3.00 %: **missed** |');
});

it('says what was not measured', () => {
  expect(page([]).match(/Not measured\./g)).toHaveLength(3);
});
