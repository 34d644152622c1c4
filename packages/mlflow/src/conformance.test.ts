import { describePackage, describeTracker, type TrackerStage } from '@archer-nas/testkit';
import { FakeServer } from '../tools/fake-server.ts';
import { mlflow, mlflowOptions, mlflowTracker } from './tracker.ts';

const PASSWORD = 'pass-word';

async function start(): Promise<TrackerStage> {
  const server = await new FakeServer().start();
  const uri = server.url.replace('//', `//ann:${PASSWORD}@`);
  const options = mlflowOptions.parse({ uri, flushMs: 10, timeoutMs: 2000 });
  const notices: string[] = [];
  return {
    tracker: () => mlflowTracker(options, { env: {}, notice: (line) => void notices.push(line) }),
    shown: (id) =>
      [...server.runs.values()]
        .filter((run) => run.tags.get('archer.search') === id)
        .flatMap((run) => run.metrics)
        .map(({ key, step, value }) => ({ key, step, value: Number(value) })),
    set: (state) => {
      const trouble = { up: undefined, down: 'cut', hanging: 'hang' } as const;
      server.plan = () => trouble[state];
    },
    secrets: [PASSWORD, Buffer.from(`ann:${PASSWORD}`).toString('base64')],
    said: () => JSON.stringify([notices, server.seen.map(({ path, body }) => [path, body])]),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describePackage({ package: new URL('..', import.meta.url), plugins: mlflow });

describeTracker('mlflow', { start });
