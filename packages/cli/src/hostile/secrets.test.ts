import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { archer, start, temporaryFolder } from '../../test/archer.ts';
import { toyExperiment } from '../../test/toy-experiment.ts';
import { takeSettings, withCommand } from '../seed-command.ts';

const SECRET = 'open-sesame';
const TIMEOUT_MS = 60_000;

/** A study that tells its token, and how the world sees its process. */
const SOURCE = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
export default {
  [Symbol.for('@archer-nas/core/plugin@1')]: true,
  ...{ apiVersion: 1, kind: 'study', id: 'talkative', summary: 'Tells everything.' },
  options: { safeParse: (data) => ({ success: true, data }) },
  create: ({ token }, { folders }) => ({
    when: 'after',
    async begin() {
      const line = readFileSync('/proc/self/cmdline', 'utf8').replaceAll('\\0', ' ');
      const told = { token, line, left: process.env.ARCHER_SETTINGS };
      writeFileSync(join(folders.manifest, 'told.json'), JSON.stringify(told));
      return { state: {}, progress: { done: 1, total: 1, unit: 'evaluation' }, step() {} };
    },
  }),
};
`;

/** An experiment with the study, and the command that runs it in a process of its own. */
function experiment() {
  const folder = temporaryFolder();
  const manifest = toyExperiment(folder, { study: [{ talkative: {} }], seeds: [0] });
  const root = join(folder, 'node_modules', 'archer-plugin-talkative');
  mkdirSync(root, { recursive: true });
  const archer = { plugins: ['study:talkative'] };
  const about = { name: 'archer-plugin-talkative', version: '1.0.0', type: 'module' };
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ ...about, exports: './index.js', archer }),
  );
  writeFileSync(join(root, 'index.js'), SOURCE);
  const told = () => JSON.parse(readFileSync(join(folder, 'told.json'), 'utf8'));
  return { told, command: ['run', manifest, '--processes', '1', '--launcher', 'local'] };
}

it.runIf(process.platform === 'linux')(
  'R46 a secret of --set gets to the processes of a launcher, and into no command line',
  async () => {
    const { command, told } = experiment();
    const said = await start([...command, '--set', `study.0.token=${SECRET}`]).said;
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(told()).toMatchObject({ token: SECRET, line: expect.stringContaining('--seed 0') });
    expect(told().line).not.toContain(SECRET);
    expect(told().left).toBeUndefined();
  },
  TIMEOUT_MS,
);

it.runIf(process.platform === 'linux')(
  'R46 a secret of ARCHER_SETTINGS does, too',
  async () => {
    const { command, told } = experiment();
    const settings = JSON.stringify([`study.0.token=${SECRET}`]);
    const said = await start(command, { env: { ...process.env, ARCHER_SETTINGS: settings } }).said;
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(told().token).toBe(SECRET);
    expect(told().line).not.toContain(SECRET);
  },
  TIMEOUT_MS,
);

it('settings without secrets stay in the command line, where people see them', () => {
  const { seedCommand, seedEnvironment } = withCommand({ manifest: 'm', settings: ['a.b=1'] });
  expect(seedCommand?.(0)).toContain('a.b=1');
  expect(seedEnvironment).toBeUndefined();
});

it('settings keep their order when one of them has a secret', () => {
  const settings = ['tracker={use: x}', 'tracker.uri=http://ann:pw@host', 'tracker.n=1'];
  const { seedCommand, seedEnvironment } = withCommand({ manifest: 'm', settings });
  expect(seedCommand?.(0)).not.toContain('--set');
  expect(takeSettings({ ...seedEnvironment })).toStrictEqual(settings);
});

it('R40 ARCHER_SETTINGS that is no list of settings is refused, without being shown', async () => {
  for (const text of ['{', '{}', '[1]', 'strategy.token=x']) {
    process.env.ARCHER_SETTINGS = text;
    const { code, err } = await archer('run', toyExperiment(temporaryFolder()));
    expect([text, code]).toEqual([text, 2]);
    expect(err).toContain('ARCHER_SETTINGS is no JSON list of settings');
    expect(err).not.toContain('=x');
  }
});
