import type { JournalLine } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { record, study } from '../test/run-record.ts';
import { runReport } from './run-report.ts';
import { formatRunReport } from './run-report-text.ts';
import { seedTable } from './seed-summary.ts';

const line = (seq: number, more: Partial<JournalLine>): JournalLine => ({
  seq,
  kind: 'science',
  job: 'search',
  event: 'step',
  at: seq,
  body: {},
  ...more,
});

const expected = [{ metric: 'kendall-tau', value: 0.7, tolerance: 0.03, source: 'PA&DA' }];

describe('runReport', () => {
  it('tells search, studies, best architectures and verdicts of a finished run', () => {
    const report = runReport(record({ manifest: { title: 'PA&DA', expect: expected } }));
    expect(report.jobs.map(({ name, metrics }) => [name, metrics])).toEqual([
      ['search', { loss: 1.5 }],
      ['rank.0', { 'kendall-tau': 0.7 }],
    ]);
    expect(report.verdicts[0]?.reason).toBe('1 of at least 3 seeds');
    expect(formatRunReport(report)).toBe(
      [
        'pada: PA&DA',
        'profile paper, seed 0, finished',
        'engine plain JS',
        'on CPU, Archer 0.1.0',
        'in runs/pada/paper/0',
        '',
        'search',
        'metric   value',
        'loss    1.5000',
        '',
        'ranking',
        'scores        tau',
        'inherited  0.7100',
        'random          –',
        'not comparable: 2 images',
        '',
        'best architectures',
        'architecture  accuracy',
        '|a~0|           0.9000',
        '',
        'inconclusive: kendall-tau = 0.7000 ± 0.0300, PA&DA: 1 of at least 3 seeds',
      ].join('\n'),
    );
  });

  it('tells the sizes, and that other than the published protocol compares with nothing', () => {
    const studies = [study({ n: 1500, 'kendall-tau': 0.7 })];
    const metrics = { 'images-trained': 12_800 };
    const text = (profile: string) => {
      const expect = expected.map((one) => ({ ...one, profile: 'paper' }));
      return formatRunReport(
        runReport(record({ manifest: { expect }, studies, metrics, profile })),
      );
    };
    const sizes = '12,800 images trained, 1,500 architectures ranked';
    expect(text('quick')).toContain(`not comparable with published numbers: ${sizes}`);
    expect(text('paper')).toContain(`\n${sizes}`);
    expect(text('paper')).not.toContain('not comparable with published');
  });

  it('shows the first rows of a long table, and says where the rest is', () => {
    const rows = Array.from({ length: 15_625 }, (_, i) => [`cell ${i}`, i]);
    const tables = { scores: { columns: ['id', 'score'], rows } };
    const text = formatRunReport(runReport(record({ studies: [{ ...study({}), tables }] })));
    expect(text).toContain('cell 11');
    expect(text).not.toContain('cell 12');
    expect(text).toContain('… and 15613 more rows');
  });

  it('says when a study was asked where it was asked more than once', () => {
    const studies = [study({ tau: 0.1 }, 0, 50), study({ tau: 0.2 }, 0, 100), study({ tau: 0 }, 1)];
    const names = runReport(record({ studies })).jobs.map(({ name }) => name);
    expect(names).toEqual(['search', 'rank.0 at 50', 'rank.0 at 100', 'rank.1']);
  });

  it('shows the last metrics and the time of a run that is not finished', () => {
    const lines = [
      line(1, { body: { metrics: { loss: 3 } } }),
      line(2, { kind: 'telemetry', body: { seconds: 100 } }),
      line(3, { body: { metrics: { loss: 2 } } }),
      line(4, { kind: 'telemetry', body: { seconds: 101 } }),
      line(5, { job: 'study:0:rank', body: { metrics: { tau: Number.NaN } } }),
      line(6, { event: 'checkpoint', body: null }),
    ];
    const report = runReport(record({ unfinished: true, lines }));
    expect(report.jobs.map(({ name, metrics }) => [name, metrics])).toEqual([
      ['search', { loss: 2 }],
      ['rank.0', { tau: Number.NaN }],
    ]);
    expect(report.seconds).toEqual({ search: 201 });
    const text = formatRunReport(report);
    expect(text).toContain('unfinished, 3 min 21 s');
    expect(text).toContain('not finished: these are the metrics at 3');
  });

  it('says how far the last checkpoint has said that it is', () => {
    const hessian = { job: 'study:1:hessian', event: 'result' } as const;
    const lines = [
      line(750, { event: 'checkpoint', body: { total: 7500, unit: 'step' } }),
      line(1, { ...hessian, body: { metrics: { trace: 0.4 }, searchAt: 750 } }),
      line(1306, { body: { metrics: { loss: 2 } } }),
      line(3, { job: 'study:2:rank', body: { metrics: { tau: 0 } } }),
    ];
    const { jobs } = runReport(record({ unfinished: true, lines }));
    expect(Object.fromEntries(jobs.map(({ name, notes }) => [name, ...notes]))).toEqual({
      search: 'not finished: these are the metrics at 1,306 of 7,500 steps',
      'hessian.1': 'the answer when the search was at 750 of 7,500 steps',
      'rank.2': 'not finished: these are the metrics at 3',
    });
  });

  it('names profile and seed of a run that is not finished, where they are known', () => {
    const report = runReport({ ...record({ unfinished: true }), profile: 'paper', seed: 2 });
    expect(report).toMatchObject({ profile: 'paper', seed: 2 });
    expect(formatRunReport(report)).toContain('profile paper, seed 2, unfinished');
  });

  it('leaves verdicts out where those over several seeds follow', () => {
    const report = runReport(record({ manifest: { expect: expected } }));
    expect(formatRunReport(report)).toContain('inconclusive: ');
    expect(formatRunReport(report, { verdicts: false })).not.toContain('inconclusive: ');
  });

  it('reports a run that died before its manifest was written', () => {
    const empty = {
      ...record({ unfinished: true }),
      manifest: undefined,
      profile: undefined,
      seed: undefined,
      fingerprint: undefined,
    };
    expect(formatRunReport(runReport(empty))).toBe(
      'runs/pada/paper/0\nunfinished\nin runs/pada/paper/0',
    );
  });
});

it('summarises seeds with n, mean ± std, the interval and the extremes', () => {
  const runs = [0.7, 0.71, 0.72].map((tau, seed) => record({ seed, tau }));
  expect(seedTable(runs).rows).toContainEqual([
    'rank.0/kendall-tau',
    3,
    '0.7100 ± 0.0100',
    '[0.6852, 0.7348]',
    0.7,
    0.72,
  ]);
});
