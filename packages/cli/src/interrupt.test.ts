import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, type RunSummary, run, scienceLines } from '@archer-nas/runtime';
import { describe, expect, it } from 'vitest';
import { archer, BIN, manifestOf, start, temporaryFolder } from '../test/archer.ts';

/** Runs a search four times. */
const TIMEOUT_MS = 180_000;

const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');

describe('Ctrl-C', () => {
  it(
    'stops with a checkpoint and exit code 130; the same command ends as if never stopped',
    async () => {
      const [stopped, straight] = [temporaryFolder(), temporaryFolder()];
      const command = (out: string): string[] => [
        ...['run', manifestOf('pada-nb201'), '--profile', 'smoke', '--out', out],
        ...['--set', 'strategy.epochs=12', '--data', join(out, 'data')],
      ];
      await archer('list'); // imports the plugins: the child must not end meanwhile
      const child = start(command(stopped));
      await child.prints('search: 1/');
      const other = await archer(...command(stopped));
      expect(other).toMatchObject({ code: 7, err: expect.stringContaining('is held by process') });
      child.process.kill('SIGINT');
      const said = await child.said;
      const folder = join(stopped, 'smoke', 'seed-0');
      expect(said.code).toBe(130);
      expect(said.err).toContain('Stopping after this step');
      expect(said.err).toContain(`archer resume ${folder}`);
      expect(existsSync(join(folder, 'result.json'))).toBe(false);

      const again = await archer(...command(stopped));
      expect(again.code).toBe(0);
      expect(again.out).toContain('seed 0, resumed');
      expect((await archer(...command(straight))).code).toBe(0);
      expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe(
        readFileSync(join(straight, 'smoke', 'seed-0', 'result.json'), 'utf8'),
      );
    },
    TIMEOUT_MS,
  );
});

describe('an interruption', () => {
  it("in the middle of a training of the ranking's truth loses nothing of it", async () => {
    const [stopped, straight] = [temporaryFolder(), temporaryFolder()];
    const controller = new AbortController();
    const study = 'study:0:rank';
    const steps: number[] = [];
    const options = (out: string): RunOptions => ({
      ...{ manifest: manifestOf('pada-nb201'), profile: 'smoke', out },
      dataFolder: join(out, 'data'), // trainings are kept there
    });
    const interrupted = await run({
      ...options(stopped),
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== 'step' || event.job !== study) return;
        steps.push(event.progress.done);
        // A training has 16 steps: in the middle of the second.
        if (event.progress.done === 21) controller.abort();
      },
    });
    expect(interrupted.status).toBe('interrupted');
    expect(steps).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    const resumed: number[] = [];
    const again = await run({
      ...options(stopped),
      onEvent: (event) => {
        if (event.type === 'step' && event.job === study) resumed.push(event.progress.done);
      },
    });
    expect(again.status).toBe('finished');
    expect(resumed[0]).toBe(22);
    const whole = await run(options(straight));
    const science = ({ records }: RunSummary) => scienceLines(records[0]?.lines ?? []);
    expect(science(again)).toEqual(science(whole));
    const result = (out: string) => readFileSync(join(out, 'smoke/seed-0/result.json'), 'utf8');
    expect(result(stopped)).toBe(result(straight));
  });
});

describe('R49 a closed pipe', () => {
  it.each([
    ['head -1', /^kind +id .*\n0\n$/],
    ['true', /^0\n$/], // gone before the first line: every write fails
  ])('ends a list quietly: archer list | %s', async (reader, expected) => {
    const pipe = `"${process.execPath}" "${BIN}" list | ${reader}; echo "\${PIPESTATUS[0]}"`;
    const { out, err } = await start(['-c', pipe], {}, '/bin/bash').said;
    expect(err).toBe('');
    expect(out).toMatch(expected);
  });

  it('does not stop a run', async () => {
    const out = temporaryFolder();
    const run = `"${process.execPath}" "${BIN}" run "${manifestOf('spos-nb201')}" --profile smoke --out "${out}"`;
    const said = await start(['-c', `${run} | head -1; echo "\${PIPESTATUS[0]}"`], {}, '/bin/bash')
      .said;
    expect(said.out).toMatch(/^spos-nb201: .*\n0\n$/);
    expect(existsSync(join(out, 'smoke', 'seed-0', 'result.json'))).toBe(true);
  });
});

describe.skipIf(!hasTerminal)('R49 a terminal', () => {
  const inTerminal = (args: string, env: NodeJS.ProcessEnv = {}) => {
    // A person's terminal: colours are also switched off by CI.
    const { NO_COLOR: _, CI: __, ...inherited } = process.env;
    const command = `"${process.execPath}" "${BIN}" ${args}`;
    const options = { env: { ...inherited, TERM: 'xterm', ...env } };
    return start(['-qec', command, '/dev/null'], options, '/usr/bin/script').said;
  };
  const steering = String.fromCharCode(27);

  it('gets boxes and colours', async () => {
    const { out, code } = await inTerminal('list');
    expect(code).toBe(0);
    expect(out).toContain('┌');
    expect(out).toContain(`${steering}[`);
  });

  it('gets no colours with NO_COLOR', async () => {
    const { out } = await inTerminal('list', { NO_COLOR: '1' });
    expect(out).toContain('┌');
    expect(out).not.toContain(`${steering}[`);
  });

  it('gets a progress bar with the time that is left', async () => {
    const out = temporaryFolder();
    const run = `run "${manifestOf('pada-nb201')}" --profile smoke --out "${out}"`;
    const said = await inTerminal(run);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/search \[.*\] \d+\/36 steps, .* left/);
  });
});
