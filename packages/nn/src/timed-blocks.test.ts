import { tf } from '@archer-nas/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { layeredNetwork, SKIP } from './testing/layered-network.ts';
import { timedBlocks } from './timed-blocks.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

describe('the timed blocks of a network', () => {
  const network = layeredNetwork(2);

  it('are its pieces with each option that computes something', () => {
    const blocks = [...timedBlocks(network, 1)].map(({ place, decision, option }) => {
      return [place, decision, option];
    });
    const layer = (at: number) => [0, 1, 2].map((option) => [`layer${at}`, at, option]);
    expect(SKIP).toBe(3);
    expect(blocks).toEqual([
      ['stem', undefined, undefined],
      ...layer(0),
      ...layer(1),
      ['head', undefined, undefined],
    ]);
  });

  it('compute what they are called, once per run, and leave no tensor behind', () => {
    const before = tf.memory().numTensors;
    const ran: string[] = [];
    const pieces = network.pieces.map((piece) => ({
      ...piece,
      run: (...given: Parameters<typeof piece.run>) => {
        ran.push(`${piece.name} ${given[2]} of ${given[0].map((x) => x?.shape.join('×'))}`);
        return piece.run(...given);
      },
    }));
    const seen: string[] = [];
    for (const { place, run } of timedBlocks({ ...network, pieces }, 5)) {
      ran.length = 0;
      const held = tf.memory().numTensors;
      run();
      run();
      // The first run makes statistics of batch norm, which stay for the next ones.
      expect(tf.memory().numTensors - held, place).toBeLessThanOrEqual(2);
      seen.push(...ran);
    }
    expect(tf.memory().numTensors).toBe(before);
    const twice = (...lines: string[]) => lines.flatMap((line) => [line, line]);
    expect(seen).toEqual([
      ...twice('stem -1 of 5×6×6×3'),
      ...[0, 1].flatMap((at) => twice(...[0, 1, 2].map((o) => `layer${at} ${o} of 5×3×3×4`))),
      ...twice('head -1 of 5×3×3×4'),
    ]);
  });

  it('are asked of networks in pieces alone', () => {
    const { pieces: _, ...whole } = network;
    expect(() => [...timedBlocks(whole, 1)]).toThrow(/in pieces/);
  });
});
