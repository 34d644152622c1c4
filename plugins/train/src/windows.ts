import type { Stream, Streams } from '@archer-nas/core';
import type { Window } from '@archer-nas/nn';

/** How a text is cut. */
export interface WindowSettings {
  /** Tokens of a lane that are read in one pass. */
  readonly span: number;
  /** Tokens of each lane per window: all, or about the mean of them. */
  readonly window: number;
  readonly windows: 'fixed' | 'varied';
}

/** How often a varied window is about half as long. */
const HALVED = 0.05;
/** Standard deviation of varied lengths, and their least, unless the window itself is shorter. */
const SPREAD = 5;
const LEAST = 5;
/** A varied window is at most so much longer than the window (DARTS: max_seq_length_delta). */
const MOST_ABOVE = 20;

/**
 * The windows of an epoch: they follow one another from the beginning of every lane to its end.
 * Varied ones have the length of AWD-LSTM: a normal deviate of standard deviation 5 around the
 * window, or around half of it with probability 0.05, cut to whole tokens and to at least 5.
 */
export function epochWindows(
  { span, window, windows }: WindowSettings,
  streams: Streams,
  epoch: number,
): Window[] {
  const stream = streams.stream('windows', epoch);
  const cut: Window[] = [];
  for (let first = 0; first < span; first += cut.at(-1)?.steps ?? span) {
    const length = windows === 'fixed' ? window : varied(window, stream);
    cut.push({ first, steps: Math.min(length, span - first) });
  }
  return cut;
}

function varied(window: number, stream: Stream): number {
  const mean = stream.float() < HALVED ? window / 2 : window;
  const drawn = Math.trunc(mean + SPREAD * stream.normal());
  return Math.min(Math.max(Math.min(LEAST, window), drawn), window + MOST_ABOVE);
}

/** Windows of the first so many epochs. */
export function countWindows(settings: WindowSettings, streams: Streams, epochs: number): number {
  if (settings.windows === 'fixed') return epochs * Math.ceil(settings.span / settings.window);
  let count = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    count += epochWindows(settings, streams, epoch).length;
  }
  return count;
}
