import { ArcherError, EXIT } from '@archer-nas/core';

/** A candidate of a layer. */
export type Candidate =
  /** 1×1 to `expansion` times the channels (none where it is 1), depthwise k×k, linear 1×1. */
  | { readonly kind: 'inverted'; readonly kernel: number; readonly expansion: number }
  /** A whole k×k convolution. */
  | { readonly kind: 'conv'; readonly kernel: number }
  /** 1×1 to a quarter of the output's channels, k×k, linear 1×1. */
  | { readonly kind: 'bottleneck'; readonly kernel: number }
  /** Depthwise k×k and 1×1, twice; the last is linear. */
  | { readonly kind: 'sep'; readonly kernel: number }
  /** The input itself. */
  | { readonly kind: 'skip' };

/** The name of what gives its input, in layers that keep the size. */
export const SKIP = 'skip';

/** What names of candidates look like. */
export const CANDIDATE = /^(?:k([1357])_e([1-9])|(conv|bottleneck|sep)_k([1357])|skip)$/;

/** Reads `k5_e6`, `conv_k3`, `bottleneck_k3`, `sep_k7` or `skip`. @throws ArcherError */
export function candidateOf(name: string): Candidate {
  const match = CANDIDATE.exec(name);
  if (match === null) {
    throw new ArcherError('ARCHER_MOBILE_CANDIDATE', `"${name}" is no candidate of a layer.`, {
      hint: 'k3_e6 (kernel, expansion), conv_k3, bottleneck_k3, sep_k3 or skip; kernels 1 to 7.',
      exit: EXIT.manifest,
    });
  }
  const [, kernel, expansion, kind, of] = match;
  if (expansion !== undefined) {
    return { kind: 'inverted', kernel: Number(kernel), expansion: Number(expansion) };
  }
  if (kind === undefined) return { kind: 'skip' };
  return { kind: kind as 'conv' | 'bottleneck' | 'sep', kernel: Number(of) };
}

/** Inverted residual blocks of kernels 3, 5 and 7 with each of some expansions, these first. */
export function inverted(...expansions: readonly number[]): string[] {
  return expansions.flatMap((expansion) => [3, 5, 7].map((kernel) => `k${kernel}_e${expansion}`));
}
