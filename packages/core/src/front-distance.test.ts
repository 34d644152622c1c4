import { describe, expect, it } from 'vitest';
import { additiveEpsilon, igd, igdPlus } from './front-distance.ts';

const FRONT = [
  [0, 1],
  [1, 0],
];

describe('distances to a front', () => {
  it('are zero for the front itself', () => {
    expect([igd(FRONT, FRONT), igdPlus(FRONT, FRONT), additiveEpsilon(FRONT, FRONT)]).toEqual([
      0, 0, 0,
    ]);
  });

  it('are as computed by hand for one point', () => {
    // (1, 1) is at distance 1 from both; (3, 0) at √10 from (0, 1) and 2 from (1, 0).
    expect(igd([[1, 1]], FRONT)).toBe(1);
    expect(igd([[3, 0]], FRONT)).toBeCloseTo((Math.sqrt(10) + 2) / 2, 12);
    expect(igdPlus([[3, 0]], FRONT)).toBeCloseTo((3 + 2) / 2, 12);
    expect(additiveEpsilon([[3, 0]], FRONT)).toBe(3);
  });

  it('differ for a dominating point: IGD is positive, IGD+ and epsilon are not', () => {
    expect(igd([[-1, -1]], FRONT)).toBeGreaterThan(0);
    expect(igdPlus([[-1, -1]], FRONT)).toBe(0);
    expect(additiveEpsilon([[-1, -1]], FRONT)).toBe(-1);
  });

  it('are infinite without points, and need a front', () => {
    expect(igd([], FRONT)).toBe(Number.POSITIVE_INFINITY);
    expect(() => igd(FRONT, [])).toThrow(/no points/);
  });
});
