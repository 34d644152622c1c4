import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describePackage, describeTracker, type TrackerStage } from '@archer-nas/testkit';
import plugin, { tensorBoardOptions, tensorBoardTracker } from './index.ts';
import { readPoints } from './testing/read-events.ts';

/** Runs are shown in `shown`; while that is a file, nothing can be written there. */
async function start(): Promise<TrackerStage> {
  const manifest = mkdtempSync(join(tmpdir(), 'archer-tensorboard-'));
  const [shown, aside] = [join(manifest, 'shown'), join(manifest, 'aside')];
  const options = tensorBoardOptions.parse({ folder: 'shown', flushMs: 10 });
  const notices: string[] = [];
  const all = (): string[] =>
    (readdirSync(manifest, { recursive: true }) as string[]).map((name) => join(manifest, name));
  return {
    tracker: () => tensorBoardTracker(options, { manifest, notice: (line) => notices.push(line) }),
    shown: (id) => {
      const folder = join(shown, 'kit/default', `seed-0-${id.slice(0, 8)}`);
      return existsSync(folder) ? readPoints(folder) : [];
    },
    set: (state) => {
      const isDown = existsSync(shown) && statSync(shown).isFile();
      if (isDown === (state !== 'up')) return;
      if (isDown) rmSync(shown);
      if (existsSync(isDown ? aside : shown)) {
        renameSync(isDown ? aside : shown, isDown ? shown : aside);
      }
      if (!isDown) writeFileSync(shown, '');
    },
    secrets: ['pass-word'],
    said: () =>
      [
        ...notices,
        ...all()
          .filter((path) => statSync(path).isFile())
          .map(contentOf),
      ].join('\n'),
    [Symbol.asyncDispose]: async () => rmSync(manifest, { recursive: true }),
  };
}

const contentOf = (file: string): string => readFileSync(file, 'latin1');

describePackage({ package: new URL('..', import.meta.url), plugins: plugin });

describeTracker('tensorboard', { start });
