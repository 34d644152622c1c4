import { describe, expect, it } from 'vitest';
import { stepLines } from '../test/journal-lines.ts';
import { record, study } from '../test/run-record.ts';
import { checklist } from './checklist.ts';

const answers = (...records: Parameters<typeof checklist>[0][number][]) =>
  new Map(checklist(records).map(({ question, answer }) => [question, answer]));

describe('checklist', () => {
  it('has the fifteen items, and leaves open what no run can tell', () => {
    const all = answers(record());
    expect(all.size).toBe(15);
    expect(all.get('How hyperparameters were tuned, and what that took')).toBeUndefined();
    expect(all.get('Ablation studies')).toBeUndefined();
    expect(all.get('Comparison with random search')).toBeUndefined();
  });

  it('says which packages have the code, and what was run', () => {
    const plugins = {
      'space space:nas-bench-201': '@archer-nas/space-nas-bench-201@0.1.0',
      'strategy strategy:pa-da': '@archer-nas/pa-da@0.1.0',
      'study.0.truth benchmark:bench-nas-bench-201': '@archer-nas/bench-nas-bench-201@0.1.0',
    };
    const studies = [study({ 'baseline/random/kendall-tau': 0 })];
    const lines = stepLines([{ loss: 1 }, { loss: 1 }]);
    const all = answers(
      record({ plugins, studies, lines }),
      record({ seed: 1, plugins, studies, lines }),
    );
    expect(all.get('Code of the search method')).toBe('@archer-nas/pa-da@0.1.0');
    expect(all.get('Tabular or surrogate benchmarks')).toBe(
      '@archer-nas/bench-nas-bench-201@0.1.0',
    );
    expect(all.get('Several runs, with their seeds')).toBe('2 runs, of the seeds 0, 1');
    expect(all.get('Comparison with random search')).toBe('with random');
    expect(all.get('Time of the whole method, end to end')).toBe(
      '2 min 0 s, all jobs of all seeds',
    );
  });

  it('does not call one run several, nor different machines the same', () => {
    const one = record();
    expect(answers(one).get('Several runs, with their seeds')).toBe('no: one run, of seed 0');
    const { fingerprint } = one;
    const machine = { platform: 'linux arm64', cpu: 'another', cores: 4 };
    const other = {
      ...record({ seed: 1 }),
      fingerprint: fingerprint && { ...fingerprint, machine },
    };
    expect(answers(one, other).get('Confounding factors controlled')).toMatch(
      /^not: the runs differ/,
    );
    expect(answers(one, record()).get('Confounding factors controlled')).toMatch(/the same in all/);
  });
});
