import { isPreset, type Kind, type Maker, manifestJsonSchema, type Plugin } from '@archer-nas/core';

/** What of a JSON Schema describes an option. */
export interface Property {
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Property>>;
}

/** What a block of a plugin may have besides `use`. */
export interface DraftOptions {
  readonly properties: Readonly<Record<string, Property>>;
  /** Those of them that are plugins. */
  readonly parts: NonNullable<Maker['parts']>;
}

/** Reads the options of plugins; of a preset also those that it passes on. */
export function optionReader(plugins: readonly Plugin[]): (kind: Kind, id: string) => DraftOptions {
  const { definitions } = manifestJsonSchema(plugins) as {
    readonly definitions: Readonly<Record<string, Partial<DraftOptions>>>;
  };
  const optionsOf = (kind: Kind, id: string): DraftOptions => {
    const { use: _, ...own } = definitions[`${kind}.${id}`]?.properties ?? {};
    const plugin = plugins.find((one) => one.kind === kind && one.id === id);
    if (plugin === undefined) return { properties: own, parts: {} };
    if (!isPreset(plugin)) return { properties: own, parts: plugin.parts ?? {} };
    const stands = standsFor(plugin);
    const { properties, parts } = optionsOf(kind, stands().use);
    const passed = Object.keys(properties).filter(
      (name) => !Object.hasOwn(own, name) && stands(name)[name] === PROBE,
    );
    const given = stands();
    const defaults = passed.map((name): [string, Property] => {
      const property = properties[name] as Property;
      if (given[name] === undefined) return [name, property];
      const { properties: _, ...plain } = property; // whose defaults are others
      return [name, { ...plain, default: given[name] }];
    });
    return {
      properties: { ...own, ...Object.fromEntries(defaults) },
      parts: Object.fromEntries(Object.entries(parts).filter(([name]) => passed.includes(name))),
    };
  };
  return optionsOf;
}

/** What no option is: it arrives only where a preset passes an option on as it is. */
const PROBE = Symbol('any value');

/** What a preset becomes without options, or with one. */
function standsFor(plugin: Extract<Plugin, { preset: unknown }>) {
  return (option?: string): Readonly<Record<PropertyKey, unknown>> & { readonly use: string } => {
    const parsed = plugin.options.safeParse(option === undefined ? {} : { [option]: PROBE });
    if (!parsed.success) return { use: '' };
    return plugin.preset(parsed.data as never);
  };
}
