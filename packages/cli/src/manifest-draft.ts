import { type Kind, manifestJsonSchema, type Plugin } from '@archer-nas/core';

type Property = { readonly default?: unknown; readonly description?: string };

/** The parts of a new manifest. */
export interface Draft {
  readonly name: string;
  readonly blocks: Readonly<Partial<Record<Kind, string>>>;
  readonly studies: readonly string[];
}

/**
 * The text of a manifest with every option of its plugins as a comment with its default,
 * ready to be uncommented. It resolves as it stands.
 */
export function draftManifest(draft: Draft, plugins: readonly Plugin[]): string {
  const { definitions } = manifestJsonSchema(plugins) as {
    definitions: Record<string, { properties?: Record<string, Property> }>;
  };
  const optionsOf = (kind: Kind, id: string) => definitions[`${kind}.${id}`]?.properties ?? {};
  const about = (kind: Kind, id: string) =>
    plugins.find((plugin) => plugin.kind === kind && plugin.id === id)?.summary ?? '';
  const lines = [
    '# Run it:      archer run manifest.yaml',
    '# A seed each: one run folder, resumed when the same command runs again.',
    `name: ${draft.name}`,
    'seeds: [0, 1, 2]',
  ];
  for (const kind of ['space', 'data', 'evaluator', 'strategy'] as const) {
    const id = draft.blocks[kind];
    if (id === undefined) continue;
    lines.push('', `# ${about(kind, id)}`, `${kind}:`, `  use: ${id}`);
    lines.push(...commented(optionsOf(kind, id), '  '));
  }
  if (draft.studies.length > 0)
    lines.push('', '# Questions asked of the search when it is done.', 'study:');
  for (const id of draft.studies) {
    lines.push(
      `  # ${about('study', id)}`,
      `  - ${id}:`,
      ...commented(optionsOf('study', id), '      '),
    );
  }
  lines.push('', '# The same experiment at other sizes: archer run manifest.yaml --profile quick');
  lines.push('profiles:', '  quick: {}', '');
  return lines.join('\n');
}

/** One comment line per option that has a default. */
function commented(properties: Readonly<Record<string, Property>>, indent: string): string[] {
  return Object.entries(properties)
    .filter(([name, property]) => name !== 'use' && property.default !== undefined)
    .map(([name, { default: value, description }]) => {
      const note = description === undefined ? '' : `  # ${description}`;
      return `${indent}# ${name}: ${JSON.stringify(value)}${note}`;
    });
}
