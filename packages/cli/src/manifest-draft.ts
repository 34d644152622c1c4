import type { Block, Kind, Plugin } from '@archer-nas/core';
import { stringify } from 'yaml';
import type { Blocks } from './compatibility.ts';
import { optionReader, type Property } from './draft-options.ts';

/** A new manifest. */
export interface Draft {
  readonly name: string;
  /** The file it is for: its comments show commands. */
  readonly file: string;
  readonly blocks: Blocks;
  /** Other data sets that would do. */
  readonly otherData: readonly string[];
}

const KEYS = ['space', 'data', 'evaluator', 'strategy'] as const;

/**
 * The text of a manifest. What a block does not set is a comment: each option with its
 * default and what it means, ready to be uncommented.
 */
export function draftManifest(draft: Draft, plugins: readonly Plugin[]): string {
  const { name, file, blocks, otherData } = draft;
  const write = blockWriter(plugins);
  const lines = [
    `# Run it with: archer run ${file}`,
    '# Stopped or killed, the same command goes on where it was.',
    `name: ${flow(name)}`,
    'seeds: [0, 1, 2]',
  ];
  for (const key of KEYS) {
    const block = blocks[key];
    if (block === undefined) continue;
    lines.push('', write.about(key, block.use));
    if (key === 'data' && otherData.length > 0) {
      lines.push(`# Others that fit are ${otherData.join(', ')}.`);
    }
    if (isMadeUp(block)) lines.push(...MADE_UP);
    lines.push(`${key}:`, `  use: ${block.use}`, ...write.options(key, block, '  '));
  }
  for (const [i, study] of (blocks.study ?? []).entries()) {
    const [[id, options] = ['', {}]] = Object.entries(study);
    if (i === 0) lines.push('', '# Questions asked of the search when it is done.', 'study:');
    lines.push(`  ${write.about('study', id)}`, `  - ${id}:`);
    lines.push(...write.options('study', { ...options, use: id }, '      '));
  }
  return [...lines, '', ...profileExample(file, write.small(blocks.strategy.use)), ''].join('\n');
}

const MADE_UP = [
  '# The values are made up, for a first run. Leave `values` out for those that were measured, from',
  '# the table that `archer data fetch` or `archer data import` puts in the data folder.',
];

const isMadeUp = ({ benchmark }: Block): boolean =>
  (benchmark as Block | undefined)?.values === 'made-up';

/** Writes blocks with what is known of the plugins. */
function blockWriter(plugins: readonly Plugin[]) {
  const optionsOf = optionReader(plugins);
  const find = (kind: Kind, id: string) => plugins.find((p) => p.kind === kind && p.id === id);
  const about = (kind: Kind, id: string) => `# ${kind} ${id}. ${find(kind, id)?.summary ?? ''}`;

  const options = (kind: Kind, { use, ...given }: Block, indent: string): string[] => {
    const { properties, parts } = optionsOf(kind, use);
    return Object.keys(properties).flatMap((name): string[] => {
      const part = parts[name];
      const value = given[name];
      if (value === undefined) {
        const property = properties[name] as Property;
        if (part === undefined) return commented(name, property, indent);
        const kinds = [part.kind].flat() as Kind[];
        const ids = plugins.filter((p) => kinds.includes(p.kind)).map(({ id }) => id);
        const description = `${part.optional ? 'optional: ' : ''}${ids.join(' or ')}`;
        return commented(name, { default: property.default ?? part.default, description }, indent);
      }
      if (part === undefined) return [`${indent}${name}: ${flow(value)}`];
      const block = value as Block;
      const kind = ([part.kind].flat() as Kind[]).find((k) => find(k, block.use)) as Kind;
      const inner = `${indent}  `;
      return [`${indent}${name}:`, `${inner}use: ${block.use}`, ...options(kind, block, inner)];
    });
  };

  /** A strategy's first size, a tenth of it. */
  const small = (strategy: string): string | undefined => {
    const { properties } = optionsOf('strategy', strategy);
    for (const [name, { default: size }] of Object.entries(properties)) {
      if (Number.isInteger(size) && (size as number) > 1)
        return `{ ${name}: ${Math.ceil((size as number) / 10)} }`;
    }
    return undefined;
  };
  return { about, options, small };
}

/** An option as a comment: `# epochs: 250  # what it means`; groups line by line. */
function commented(name: string, property: Property, indent: string, depth = ''): string[] {
  const { default: value, description, properties } = property;
  const note = description === undefined ? '' : `  # ${description}`;
  const inner = Object.entries(properties ?? {});
  if (value !== undefined && inner.some(([, { default: one }]) => one !== undefined)) {
    const lines = inner.flatMap(([key, one]) => commented(key, one, indent, `${depth}  `));
    return [`${indent}# ${depth}${name}:${note}`, ...lines];
  }
  if (value !== undefined) return [`${indent}# ${depth}${name}: ${flow(value)}${note}`];
  return [`${indent}# ${depth}${name}, no default${description ? `: ${description}` : ''}`];
}

function profileExample(file: string, small: string | undefined): string[] {
  if (small === undefined) return [];
  return [
    `# The same experiment at another size: archer run ${file} --profile small`,
    '# profiles:',
    '#   small:',
    `#     strategy: ${small}`,
  ];
}

/** A value on one line of YAML. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
