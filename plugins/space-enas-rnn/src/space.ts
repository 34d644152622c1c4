import { type CellDrawing, type ChoiceSpace, choiceSpace } from '@archer-nas/core';
import { type LanguageModelOptions, type LanguageSpace, languageModel } from '@archer-nas/nn';
import {
  ACTIVATIONS,
  type CellForm,
  cellOf,
  choicesOf,
  type EnasCell,
  formatCell,
  looseEnds,
  parseCell,
  treeOf,
} from './cell.ts';
import { aloneCell, type CellSettings, cellSites, searchCell } from './recurrent-cell.ts';

/** What the networks of the space are built with. */
export interface EnasRnnSettings
  extends CellSettings,
    Omit<LanguageModelOptions, 'vocabulary' | 'width' | 'initRange'> {}

/** The space with its networks. */
export type EnasRnnSpace = ChoiceSpace<EnasCell> & LanguageSpace<EnasCell>;

/**
 * The recurrent cells of ENAS (Pham et al., 2018): a node reads one earlier node through one of
 * four activations. R^N (N − 1)! cells of N nodes, one R less where the first activation is fixed.
 */
export function enasRnnSpace(settings: EnasRnnSettings): EnasRnnSpace {
  const { output } = settings;
  const space = choiceSpace<EnasCell>({
    name: nameOf(settings),
    decisions: cellSites(settings).map(({ name, options }) => {
      const kind = name.endsWith('input') ? ('input' as const) : ('categorical' as const);
      return { name: name.replace('.', ':'), kind, options };
    }),
    encode: (cell) => choicesOf(cell, settings),
    decode: (choices) => cellOf(choices, settings),
    format: (cell) => formatCell(cell, settings),
    parse: (text) => parseCell(text, settings),
    canonical: treeOf,
    draw: (cell) => [drawn(cell, output)],
  });
  const model = (vocabulary: number) => ({ ...settings, vocabulary });
  return {
    ...space,
    supernet: ({ vocabulary }) => languageModel(model(vocabulary), searchCell(settings)),
    network: (cell, { vocabulary }) => languageModel(model(vocabulary), aloneCell(cell, settings)),
    path: (cell) => choicesOf(cell, settings),
  };
}

function nameOf({ nodes, first, output }: CellForm & Pick<CellSettings, 'output'>): string {
  return `enas-rnn-${nodes}${first === 'tanh' ? '-tanh' : ''}${output === 'all' ? '-all' : ''}`;
}

/** x and h, the nodes, and the new state; an edge into a node bears its activation. */
function drawn(cell: EnasCell, output: CellSettings['output']): CellDrawing {
  const nodes = ['x', 'h', ...cell.map((_, at) => `${at}`), 'new h'];
  const label = (at: number) => ACTIVATIONS[cell[at]?.activation ?? 0] ?? '';
  const inputs = [0, 1].map((from) => ({ from, to: 2, label: label(0) }));
  const inner = cell.slice(1).map(({ from }, at) => {
    return { from: from + 2, to: at + 3, label: label(at + 1) };
  });
  const averaged = output === 'all' ? cell.map((_, at) => at) : looseEnds(cell);
  const outputs = averaged.map((at) => ({ from: at + 2, to: nodes.length - 1, label: '' }));
  return { name: 'cell', nodes, edges: [...inputs, ...inner, ...outputs] };
}
