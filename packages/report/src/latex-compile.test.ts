import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { record } from '../test/run-record.ts';
import { latexTable } from './latex-table.ts';
import { seedTable } from './seed-summary.ts';

const PREAMBLE = [
  '\\documentclass{article}',
  '\\usepackage[utf8]{inputenc}',
  '\\usepackage[T1]{fontenc}',
  '\\usepackage{textcomp}',
  '\\usepackage{booktabs}',
];

/** What is on the page, and what LaTeX complained of; throws where it gives up. */
function compile(tables: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'archer-latex-'));
  try {
    const document = [...PREAMBLE, '\\begin{document}', ...tables, '\\end{document}'].join('\n');
    writeFileSync(join(folder, 'page.tex'), document);
    const options = ['-interaction=nonstopmode', '-halt-on-error', '-draftmode'];
    const { status, stdout } = spawnSync('pdflatex', [...options, 'page.tex'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stdout.slice(-2000)).toBe(0);
    expect(existsSync(join(folder, 'taken')), 'a file that a name has written').toBe(false);
    return readFileSync(join(folder, 'page.log'), 'latin1');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!hasLatex())('pdfLaTeX (skipped where it or booktabs is missing)', () => {
  it('takes tables over seeds, spreads, bold numbers and notes', () => {
    const seeds = seedTable([0.69, 0.7, 0.71].map((tau, seed) => record({ seed, tau })));
    const arms = {
      title: 'Regret & budgets, 95 %',
      columns: ['arm', 'evaluations', 'mean', 'std', '95 % interval', 'regret'],
      rows: [
        ['rea', 90, 93.1, 0.2, '92.9 to 93.3', 1.5e-9],
        ['random', 90, 92.4, 0.3, '-', null],
      ],
      notes: ['Of 500 repetitions; Kendall’s τ, α → β, ∇L ± ε, 1 × 1 … “quoted”.'],
    };
    const log = compile([seeds, arms].map((table) => latexTable(table, { label: 'tab:a_b' })));
    expect(log).not.toMatch(/Missing character|undefined/i);
  });

  it('takes every character that a name may have, as a character', () => {
    const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
    const symbols = '±−×≤≥≠↓→αβλτξε∇–—…’‘éäß';
    const commands = [
      '\\write18{touch taken}',
      '\\immediate\\write\\x{}',
      '\\input{/etc/hostname}',
    ];
    const rows = [ascii, symbols, ...commands, '% & \\\\[1cm] *', '$x$ #1 ~^_{}'].map((text) => [
      text,
      1,
    ]);
    const log = compile([
      latexTable({ title: ascii, columns: [ascii, 'n'], rows, notes: [symbols] }),
    ]);
    expect(log).not.toMatch(/Missing character|undefined/i);
    expect(log).not.toContain('hostname');
  });

  it('would refuse a name that is not escaped', () => {
    expect(() => compile(['more_or_less & 50 %'])).toThrow();
  });
});

function hasLatex(): boolean {
  try {
    return execFileSync('kpsewhich', ['booktabs.sty'], { encoding: 'utf8' }).trim() !== '';
  } catch {
    return false;
  }
}
