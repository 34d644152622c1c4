import type { TimedBlock } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { latencyCsv, timeBlocks } from './block-times.ts';

const decisions = [
  { name: 'layer0', kind: 'categorical', options: ['conv', 'skip'] },
  { name: 'layer1', kind: 'categorical', options: ['conv', 'pool'] },
] as const;

/** A clock that runs only while blocks do, and blocks that take what they are told. */
function clockwork() {
  let time = 1000;
  const block = (place: string, times: readonly number[], of = {}): TimedBlock => {
    let at = 0;
    const run = (): void => {
      time += times[at++] ?? Number.NaN;
    };
    return { place, ...of, run };
  };
  return { now: () => time, block };
}

describe('times of blocks', () => {
  it('are medians of the runs behind the warm-up, added up over places', () => {
    const { now, block } = clockwork();
    const times = timeBlocks(
      { decisions },
      [
        block('stem', [99, 1, 5, 2]),
        block('layer0', [99, 7, 3, 4], { decision: 0, option: 0 }),
        // One decision may have several places.
        block('layer1', [99, 1, 1, 9], { decision: 1, option: 1 }),
        block('layer2', [99, 0.5, 0.25, 8], { decision: 1, option: 1 }),
        block('head', [99, 10, 10, 10]),
      ],
      { now, warmUp: 1, repeats: 3 },
    );
    expect(times).toEqual({
      base: 2 + 10,
      perChoice: [
        [4, 0],
        [0, 1 + 0.5],
      ],
      blocks: 5,
    });
  });

  it('lie between the middle two of an even number of runs', () => {
    const { now, block } = clockwork();
    const timing = { now, warmUp: 0, repeats: 4 };
    expect(timeBlocks({ decisions }, [block('stem', [8, 1, 2, 4])], timing).base).toBe(3);
  });

  it('are written with what they were measured with, a line per option', () => {
    const times = {
      base: 1.5,
      perChoice: [
        [2, 0],
        [3, 4.25],
      ],
      blocks: 5,
    };
    const measured = { device: 'A "fast", CPU', engine: 'js', batch: 1, image: 8, repeats: 3 };
    expect(latencyCsv({ decisions }, times, measured)).toBe(
      [
        'decision,option,milliseconds,device,engine,batch,image,repeats',
        'base,,1.500000,A  fast  CPU,js,1,8,3',
        'layer0,conv,2.000000,A  fast  CPU,js,1,8,3',
        'layer0,skip,0.000000,A  fast  CPU,js,1,8,3',
        'layer1,conv,3.000000,A  fast  CPU,js,1,8,3',
        'layer1,pool,4.250000,A  fast  CPU,js,1,8,3',
        '',
      ].join('\n'),
    );
  });
});
