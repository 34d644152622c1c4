import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latexTable } from './latex-table.ts';
import { latexText } from './latex-text.ts';

/** The lines between two rules. */
const body = (latex: string): string[] =>
  latex
    .split('\n')
    .filter((line) => line.endsWith('\\\\'))
    .slice(1);
const spec = (latex: string): string => /\\begin\{tabular\}\{(.*)\}\n/.exec(latex)?.[1] ?? '';

describe('latexTable', () => {
  it('is a booktabs table with caption, label and notes', () => {
    const table = { title: 'A & B', columns: ['x', 'n'], rows: [['a_1', 1]], notes: ['100 %'] };
    expect(latexTable(table, { label: 'tab:a b' })).toBe(
      [
        ...['\\begin{table}', '\\centering', '\\caption{A \\& B}', '\\label{tab:a-b}'],
        ...['\\begin{tabular}{lr}', '\\toprule', 'x & \\multicolumn{1}{r}{n} \\\\', '\\midrule'],
        ...['a\\_1 & 1 \\\\', '\\bottomrule', '\\end{tabular}'],
        ...['\\par\\smallskip\\footnotesize 100 \\%', '\\end{table}', ''],
      ].join('\n'),
    );
  });

  it('ends the numbers of a column at the same place', () => {
    const rows = [[1], [0.25], [-3], [null], [Number.NaN], [1.5e-9]];
    expect(body(latexTable({ columns: ['x'], rows }))).toEqual([
      ...['1.0000 \\\\', '0.2500 \\\\', '$-$3.0000 \\\\', '-- \\\\', 'NaN \\\\'],
      '$1.500 \\cdot 10^{-9}$ \\\\',
    ]);
  });

  it('aligns mean ± std, as one text or as two columns', () => {
    const two = latexTable({ columns: ['arm', 'mean', 'std'], rows: [['rea', 94.02, 0.5]] });
    expect(spec(two)).toBe('lr@{\\,$\\pm$\\,}l');
    expect(two).toContain('arm & \\multicolumn{2}{c}{mean $\\pm$ std} \\\\');
    expect(body(two)).toEqual(['rea & 94.0200 & 0.5000 \\\\']);
    const one = latexTable({ columns: ['mean ± std'], rows: [['0.71 ± 0.01'], [null]] });
    expect(body(one)).toEqual(['0.71 & 0.01 \\\\', '-- & -- \\\\']);
  });

  it('sets the best of a column in bold, for arms the best of each budget', () => {
    const columns = ['arm', 'evaluations', 'regret', 'IGD'];
    const rows = [
      ['rea', 90, 0.5, 2],
      ['random', 90, 0.7, 2],
      ['rea', 170, 0.3, null],
      ['random', 170, 0.2, 1],
    ];
    const latex = body(latexTable({ columns, rows }));
    expect(latex).toEqual([
      'rea & 90 & \\textbf{0.5000} & \\textbf{2} \\\\',
      'random & 90 & 0.7000 & \\textbf{2} \\\\',
      'rea & 170 & 0.3000 & -- \\\\',
      'random & 170 & \\textbf{0.2000} & \\textbf{1} \\\\',
    ]);
    const own = latexTable({ columns: ['error'], rows: [[2], [1]] }, { better: { error: 'low' } });
    expect(body(own)).toEqual(['2 \\\\', '\\textbf{1} \\\\']);
    expect(latexTable({ columns: ['error'], rows: [[2], [1]] })).not.toContain('textbf');
  });
});

describe('R45 names in LaTeX', () => {
  it('are text', () => {
    expect(latexText('\\input{/etc/passwd} 50 % & #1 ~^ τ ± \u202e')).toBe(
      '\\textbackslash{}input\\{/etc/passwd\\} 50 \\% \\& \\#1 \\textasciitilde{}' +
        '\\textasciicircum{} $\\tau$ $\\pm$ \\textbackslash{}u202e',
    );
  });

  it('are no option of the row before', () => {
    const latex = latexTable({ columns: ['x'], rows: [['a'], ['[1pt]'], ['*']] });
    expect(body(latex)).toEqual(['a \\\\', '{[}1pt] \\\\', '{*} \\\\']);
  });

  it('leave every row in its cells, whatever they are', () => {
    const cell = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(cell, cell, cell, (title, column, value) => {
        const table = { title, columns: [column, 'b'], rows: [[value, 'x']], notes: [value] };
        const [row = ''] = body(latexTable(table));
        expect(body(latexTable(table))).toHaveLength(1);
        const text = row.replaceAll(/\\[a-z]+\{\}|\{[[*]\}|\\[&%$#_{}]|\$\\[a-zA-Z]+\$|\$-\$/g, '');
        expect(text.replace(/ & x \\\\$/, '')).not.toMatch(/[\\&%$#_{}~^]/);
      }),
    );
  });
});
