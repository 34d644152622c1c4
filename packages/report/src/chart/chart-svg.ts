import { escaped } from '../markup-text.ts';
import { printable } from '../printable.ts';
import type { Chart } from './chart.ts';
import { type Look, vegaLiteSpec } from './vega-lite-spec.ts';

/** {@link Look}, and the id that a page knows the drawing by. */
export interface DrawOptions extends Look {
  readonly id: string;
}

/**
 * A chart as SVG, with title and description for those who do not see it. Vega is loaded when
 * the first chart is drawn; it fetches nothing, and evaluates no text as code.
 */
export async function chartSvg(chart: Chart, { id, ...look }: DrawOptions): Promise<string> {
  const [{ compile }, vega, { expressionInterpreter }] = await Promise.all([
    import('vega-lite'),
    import('vega'),
    import('vega-interpreter'),
  ]);
  const { spec } = compile(vegaLiteSpec(chart, look), { logger: silent(vega.logger(vega.None)) });
  const runtime = vega.parse(spec, undefined, { ast: true });
  const loader = { ...vega.loader(), load: refused, http: refused, file: refused };
  const view = new vega.View(runtime, { renderer: 'none', expr: expressionInterpreter, loader });
  try {
    return described(await view.toSVG(), chart, id);
  } finally {
    view.finalize();
  }
}

type Logger = ReturnType<typeof import('vega').logger>;
const silent = (logger: Logger): Logger => logger;

function refused(): never {
  throw new Error('Charts fetch nothing.');
}

/** Vega's drawing under an opening tag of our own. */
function described(svg: string, { title, summary }: Chart, id: string): string {
  const [, opening = '', body = ''] = /^(<svg[^>]*>)(.*)$/s.exec(svg) ?? [];
  const [, viewBox = '0 0 1 1'] = /viewBox="([\d. -]+)"/.exec(opening) ?? [];
  const [, , width = '1', height = '1'] = viewBox.split(' ');
  const size = `width="${width}" height="${height}" viewBox="${viewBox}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" ` +
    `aria-labelledby="${id}-title ${id}-about"><title id="${id}-title">${text(title)}</title>` +
    `<desc id="${id}-about">${text(summary)}</desc>${plain(body)}`
  );
}

/** Without what only scripts and screen readers would use: the drawing is one image. */
function plain(body: string): string {
  const hidden = / (?:role|aria-\w+|pointer-events)="[^"]*"/g;
  return body
    .replace(
      /<path class="(?:back|fore)ground"[^>]*(?:display="none"|d="M0,0h0v0h0Z")[^>]*\/>/g,
      '',
    )
    .replace(/<[^>]*>/g, (tag) => tag.replace(hidden, ''));
}

const text = (value: string): string => escaped(printable(value));
