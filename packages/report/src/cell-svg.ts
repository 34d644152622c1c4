import type { CellDrawing } from '@archer-nas/core';
import { PRINT, type Theme } from './chart/theme.ts';
import { escaped } from './markup-text.ts';
import { printable } from './printable.ts';

/** Pixels: between nodes, radius of a node, height per step that an edge spans, around all. */
const [GAP, RADIUS, STEP, MARGIN, TITLE] = [112, 16, 30, 24, 22];

/** How cells are drawn; on a page every drawing has an id of its own, and a name. */
export interface CellLook {
  readonly theme?: Theme;
  readonly id?: string;
  readonly title?: string;
}

/**
 * Cells as one SVG document, one below the other: nodes on a line, edges as arcs that lead to the
 * right, with their operation above a line and those without operation below it. The same cells
 * give the same text.
 */
export function cellsSvg(cells: readonly CellDrawing[], look: CellLook = {}): string {
  const { theme = PRINT, id = 'cells', title = 'Cells' } = look;
  const blocks = cells.map((cell) => layout(cell, { theme, arrow: `${id}-arrow` }));
  const width = Math.max(...blocks.map((block) => block.width), 2 * MARGIN);
  let top = MARGIN;
  const parts = blocks.map(({ height, body }) => {
    const group = `<g transform="translate(${MARGIN} ${top})">\n${body}\n</g>`;
    top += height + MARGIN;
    return group;
  });
  const size = `width="${width}" height="${top}" viewBox="0 0 ${width} ${top}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="${id}-title" ` +
      `fill="${theme.ink}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title id="${id}-title">${shown(title)}</title>`,
    arrowHead(`${id}-arrow`, theme),
    `<rect width="${width}" height="${top}" fill="${theme.background}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** What the parts of one drawing share. */
interface Style {
  readonly theme: Theme;
  /** Id of the head of its arrows. */
  readonly arrow: string;
}

const arrowHead = (id: string, { muted }: Theme): string =>
  `<defs><marker id="${id}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" ` +
  `markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${muted}"/></marker></defs>`;

interface Block {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

function layout({ name, nodes, edges }: CellDrawing, style: Style): Block {
  const rank = ranks(edges);
  const reach = (above: boolean): number => {
    const heights = edges.flatMap((edge, at) =>
      isAbove(edge) === above ? [apex(edge, rank[at] ?? 0)] : [],
    );
    return Math.max(RADIUS, ...heights);
  };
  const line = TITLE + reach(true) + STEP / 2;
  const body = [
    `<text class="cell" y="12" font-weight="bold" font-size="13">${shown(name)}</text>`,
    ...edges.map((edge, at) => arc(edge, { rank: rank[at] ?? 0, line, style })),
    ...nodes.map((label, at) => circle(label, at, { line, style })),
  ].join('\n');
  const width = GAP * (nodes.length - 1) + 2 * RADIUS + 2 * MARGIN;
  return { width, height: line + reach(false) + STEP / 2, body };
}

type Edge = CellDrawing['edges'][number];

const isAbove = ({ label }: Edge): boolean => label !== '';
const centre = (node: number): number => RADIUS + GAP * node;
/** How far an arc is from the line; parallel edges lie one above the other. */
const apex = ({ from, to }: Edge, rank: number): number => STEP * (to - from + rank);

/** The how-manieth edge between its two nodes each edge is. */
function ranks(edges: readonly Edge[]): number[] {
  const seen = new Map<string, number>();
  return edges.map(({ from, to }) => {
    const key = `${from} ${to}`;
    const rank = seen.get(key) ?? 0;
    seen.set(key, rank + 1);
    return rank;
  });
}

/** Where a part of a drawing is: the nodes' line, and which of parallel edges it is. */
interface Place {
  readonly line: number;
  readonly style: Style;
}

function arc(edge: Edge, { rank, line, style }: Place & { readonly rank: number }): string {
  const side = isAbove(edge) ? -1 : 1;
  const [from, to] = [centre(edge.from), centre(edge.to)];
  const start = line + side * RADIUS;
  // A cubic's middle is a quarter from its ends, three quarters from its control points.
  const control = start + (side * (apex(edge, rank) - RADIUS)) / 0.75;
  const path = `M${from} ${start}C${from} ${round(control)} ${to} ${round(control)} ${to} ${start}`;
  const paint = `fill="none" stroke="${style.theme.muted}" marker-end="url(#${style.arrow})"`;
  const drawn = `<path class="edge" d="${path}" ${paint}/>`;
  if (edge.label === '') return drawn;
  const y = line + side * apex(edge, rank) - 6;
  const halo = `stroke="${style.theme.halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
  const text = `<text class="operation" x="${(from + to) / 2}" y="${y}" text-anchor="middle" ${halo}>`;
  return `${drawn}\n${text}${shown(edge.label)}</text>`;
}

function circle(label: string, at: number, { line, style }: Place): string {
  const [x, text] = [centre(at), shown(label)];
  const paint = `fill="${style.theme.node}" stroke="${style.theme.muted}"`;
  return (
    `<circle class="node" cx="${x}" cy="${line}" r="${RADIUS}" ${paint}/>\n` +
    `<text class="label" x="${x}" y="${line + 4}" text-anchor="middle">${text}</text>`
  );
}

const shown = (text: string): string => escaped(printable(text));

const round = (value: number): number => Math.round(100 * value) / 100;
