import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
/** An element as a browser's parser sees it. */
export type Element = DefaultTreeAdapterMap['element'];

/** Every element of a page, parsed as browsers do. */
export function elementsOf(page: string): Element[] {
  return below(parse(page));
}

function below(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes : [];
  return children.flatMap((child) => [...('tagName' in child ? [child] : []), ...below(child)]);
}

/** The text of an element. */
export function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** An attribute, or `undefined`. */
export function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value;
}

/** The cells of the table under a caption or label, row by row; the head first. */
export function cellsOf(page: string, label: string): string[][] {
  const all = elementsOf(page);
  const region = all.find((one) => attribute(one, 'aria-label') === label);
  if (region === undefined) throw new Error(`no table ${label}`);
  const rows = below(region).filter(({ tagName }) => tagName === 'tr');
  return rows.map((row) =>
    below(row)
      .filter(({ tagName }) => tagName === 'td' || tagName === 'th')
      .map((cell) => textOf(cell).trim()),
  );
}
