import type { Decision } from '@archer-nas/core';

/** So many names. */
const named = (prefix: string, size: number): string[] =>
  Array.from({ length: size }, (_, at) => `${prefix}${at}`);

/** A choice between operations. */
export const category = (name: string, options: readonly string[]): Decision => ({
  name,
  kind: 'categorical',
  options,
});

/** A choice between earlier nodes. */
export const input = (name: string, among: number): Decision => ({
  name,
  kind: 'input',
  options: named('node', among),
});

/** Independent decisions with the same options, as the edges of NAS-Bench-201. */
export function edges(count: number, options: number): Decision[] {
  return named('edge', count).map((name) => category(name, named('op', options)));
}

/** ENAS's macro space: per layer an operation, and a bit for every earlier layer. */
export function macro(layers: number, operations = 6): Decision[] {
  return named('layer', layers).flatMap((name, layer) => [
    category(name, named('op', operations)),
    ...Array.from({ length: layer }, (_, source) => ({
      ...category(`${name}.skip${source}`, ['no', 'yes']),
      source,
    })),
  ]);
}

/** ENAS's operations of the micro space, the separable convolutions first. */
export const MICRO = ['sep3', 'sep5', 'avg', 'max', 'id'];

/** One cell of ENAS's micro space: per node two inputs, then two operations. */
export function micro(nodes: number): Decision[] {
  return named('node', nodes).flatMap((name, node) => [
    input(`${name}.x`, node + 2),
    input(`${name}.y`, node + 2),
    category(`${name}.f`, MICRO),
    category(`${name}.g`, MICRO),
  ]);
}

/** ENAS's recurrent cell: per node an activation, and from the second on an input before it. */
export function recurrent(nodes: number): Decision[] {
  return named('node', nodes).flatMap((name, node) => [
    ...(node === 0 ? [] : [input(`${name}.x`, node)]),
    category(`${name}.f`, ['tanh', 'relu', 'identity', 'sigmoid']),
  ]);
}
