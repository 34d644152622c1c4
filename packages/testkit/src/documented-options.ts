// biome-ignore-all lint/suspicious/noExplicitAny: JSON schemas of any shape
import type { Plugin } from '@archer-nas/core';
import { z } from 'zod';

/** An option of a plugin, as its schema states it. */
export interface DocumentedOption {
  /** The last part of {@link path}. */
  readonly name: string;
  /** `search.workers` */
  readonly path: string;
  /** What a user would miss; absent: nothing. */
  readonly problem?: string;
}

/** Says what happens without an option that has no default value. */
const SAYS_WHAT_ABSENT_MEANS = /default|unless|without|absent|none|otherwise|where|until|only/i;

/** The options of a plugin, those inside of others too. */
export function optionsOf(plugin: Plugin<any, any>): readonly DocumentedOption[] {
  const schema = z.toJSONSchema(plugin.options as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
  });
  return walk(schema, '', schema);
}

function walk(schema: any, prefix: string, root: any): DocumentedOption[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries<any>(properties).flatMap(([name, given]) => {
    const option = given.$ref === undefined ? given : { ...resolve(given.$ref, root), ...given };
    const path = `${prefix}${name}`;
    const problem = problemOf(option, required.includes(name));
    const inside = insideOf(option).flatMap((part) => walk(part, `${path}.`, root));
    return [{ name, path, ...(problem === undefined ? {} : { problem }) }, ...inside];
  });
}

function problemOf(option: any, isRequired: boolean): string | undefined {
  const { description } = option;
  if (description === undefined) return 'no description';
  if (isRequired || 'default' in option) return undefined;
  if (SAYS_WHAT_ABSENT_MEANS.test(description)) return undefined;
  return 'neither a default nor required, and the description does not say what its absence means';
}

/** Objects that an option consists of. */
function insideOf(option: any): readonly any[] {
  const parts = [option, option.items, ...(option.anyOf ?? []), ...(option.oneOf ?? [])];
  return parts.filter((part) => part?.properties !== undefined);
}

function resolve(reference: string, root: any): any {
  const keys = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  return keys.reduce((at, key) => at?.[key], root) ?? {};
}
