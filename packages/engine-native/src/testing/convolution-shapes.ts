import { between, generator } from './numbers.ts';
import type { Conv } from './reference.ts';

/** A small convolution with any window, stride, dilation, padding and number of channels. */
export function randomConv(random: () => number, depthwise: boolean): Conv {
  const pick = (low: number, high: number) => between(random, low, high);
  const [ci, multiplier] = [pick(1, 37), pick(1, 5) === 5 ? 2 : 1];
  const c: Conv = {
    ...{
      n: pick(1, 3),
      h: pick(1, 11),
      w: pick(1, 13),
      ci,
      co: depthwise ? ci * multiplier : pick(1, 70),
    },
    ...{
      kh: pick(1, 5),
      kw: pick(1, 5),
      sh: pick(1, 3),
      sw: pick(1, 3),
      dh: pick(1, 2),
      dw: pick(1, 3),
    },
    ...{ pt: pick(0, 3), pl: pick(0, 3), oh: 0, ow: 0 },
  };
  // Padding below and to the right of its own; at least one window must fit.
  c.oh = Math.floor((c.h + c.pt + pick(0, 3) - (c.kh - 1) * c.dh - 1) / c.sh) + 1;
  c.ow = Math.floor((c.w + c.pl + pick(0, 3) - (c.kw - 1) * c.dw - 1) / c.sw) + 1;
  return c.oh > 0 && c.ow > 0 && (c.oh - 1) * c.sh < c.h + c.pt && (c.ow - 1) * c.sw < c.w + c.pl
    ? c
    : randomConv(random, depthwise);
}

/** A square one with symmetric padding, as networks have them. */
export function squareConv(
  ...[n, h, ci, k, co, s = 1, d = 1]: [number, number, number, number, number, number?, number?]
): Conv {
  const p = ((k - 1) * d) / 2;
  const o = Math.floor((h + 2 * p - (k - 1) * d - 1) / s) + 1;
  return {
    ...{ n, h, w: h, ci, kh: k, kw: k, co, sh: s, sw: s, dh: d, dw: d },
    ...{ pt: p, pl: p, oh: o, ow: o },
  };
}

/** Shapes that networks are made of, then random ones: any stride, dilation, padding and channels. */
export function convolutionShapes(depthwise: boolean, count: number): Conv[] {
  const square = squareConv;
  const usual = depthwise
    ? [square(2, 8, 16, 3, 16), square(1, 9, 16, 5, 16, 2), square(2, 8, 32, 3, 32, 1, 2)]
    : [
        square(2, 32, 16, 3, 16),
        square(2, 16, 32, 3, 32),
        square(1, 8, 64, 3, 64),
        square(17, 8, 16, 1, 16),
        square(2, 16, 16, 3, 32, 2),
        square(2, 9, 3, 3, 16),
        square(1, 7, 16, 1, 24, 2),
      ];
  const random = generator(depthwise ? 2 : 1);
  return [...usual, ...Array.from({ length: count }, () => randomConv(random, depthwise))];
}
