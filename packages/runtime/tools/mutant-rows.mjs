// @ts-check

/**
 * One broken promise.
 * @typedef {object} Row
 * @property {string} name what is broken
 * @property {string} package folder in packages/
 * @property {string} file below its src/
 * @property {string} from text that stands in the file once
 * @property {string} to what takes its place
 * @property {string} test the test file, below src/, that must turn red
 * @property {string} scenario beginning of the titles of the tests that count
 */

const POWER = { package: 'runtime', test: 'faults/power.test.ts', scenario: 'after a power' };
const DAMAGE = { package: 'runtime', test: 'faults/damage.test.ts', scenario: 'R06' };

/** What a checkpoint's commit is: the folder, then the line that names it. */
const SAVE = `    const { hash, bytes } = writeCheckpoint(join(this.#root, folder), saved);
    const { done: at, total, unit } = saved.progress;
    const seconds = (performance.now() - startMs) / 1000;
    this.#journal.append({
      ...{ kind: 'telemetry', job: saved.job, event: 'checkpoint', at },
      body: { folder, hash, bytes, seconds, total, unit, ...notes },
    });
    this.#journal.commit();
`;

/** @type {readonly Row[]} */
export const rows = [
  {
    ...POWER,
    name: 'drop the fsync of checkpoints and small files',
    file: 'durable.ts',
    from: '    writeFully(descriptor, bytes);\n    fsyncSync(descriptor);',
    to: '    writeFully(descriptor, bytes);',
  },
  {
    ...POWER,
    name: 'drop the fsync of the journal',
    file: 'journal.ts',
    from: '        fdatasyncSync(this.#descriptor);\n',
    to: '',
  },
  {
    ...POWER,
    name: 'drop the fsync of a checkpoint’s arrays',
    file: 'checkpoint.ts',
    from: '    fsyncSync(descriptor);\n',
    to: '',
  },
  {
    ...POWER,
    name: 'drop the fsync of folders',
    file: 'durable.ts',
    from: "  const descriptor = openSync(folder, 'r');\n  try {\n    fsyncSync(descriptor);",
    to: "  const descriptor = openSync(folder, 'r');\n  try {",
  },
  {
    ...POWER,
    name: 'drop the fsync of the folders above a new one',
    file: 'durable.ts',
    from: '  syncFolder(parent);\n',
    to: '',
  },
  {
    ...POWER,
    scenario: 'after a kill',
    name: 'swap rename and journal line',
    file: 'checkpoint-keeper.ts',
    from: SAVE,
    to: SAVE.replace('folder), saved)', '[folder, "later"].join("-")), saved)').replace(
      'commit();\n',
      `commit();
    const { renameSync } = process.getBuiltinModule('node:fs');
    renameSync(join(this.#root, [folder, 'later'].join('-')), join(this.#root, folder));\n`,
    ),
  },
  {
    ...DAMAGE,
    name: 'ignore the hash of an array',
    file: 'checkpoint.ts',
    from: 'if (sha256Hex(into) !== sha256)',
    to: 'if (sha256Hex(into) === "")',
  },
  {
    ...DAMAGE,
    name: 'ignore the hash of a header',
    file: 'checkpoint.ts',
    from: 'if (sha256Hex(text) !== hash)',
    to: 'if (hash === "")',
  },
  {
    ...DAMAGE,
    name: 'believe a header’s sizes',
    file: 'checkpoint.ts',
    from: 'if (!fits || !(offset + bytes <= limit))',
    to: 'if (limit < 0)',
  },
  {
    package: 'runtime',
    test: 'journal.test.ts',
    scenario: 'R07',
    name: 'ignore the sum of a line',
    file: 'journal-reader.ts',
    from: '  if (lineChecksum(unsigned) !== sum[1]) return undefined;\n',
    to: '',
  },
  {
    package: 'runtime',
    test: 'faults/twice.test.ts',
    scenario: 'R22',
    name: 'skip the lock',
    file: 'run-one.ts',
    from: '  using _lock = await awaitLock(folder.lock, () => setting.stop.reason() !== undefined);\n',
    to: '',
  },
  {
    package: 'runtime',
    test: 'lock.test.ts',
    scenario: 'R21',
    name: 'take a lock over from whoever has it',
    file: 'lock.ts',
    from: '  if (!isFree || guards >= MAX_GUARDS) {',
    to: '  if (guards >= MAX_GUARDS) {',
  },
  {
    package: 'mlflow',
    test: 'trouble.test.ts',
    scenario: 'R26',
    name: 'resend a batch blindly',
    file: 'point-sender.ts',
    from: `    if (this.#mayHave || this.#isUncertain)
      await this.#history.read(points, this.#isUncertain, signal);
`,
    to: '',
  },
  {
    package: 'mlflow',
    test: 'later.test.ts',
    scenario: 'R32',
    name: 'resend what an earlier process sent',
    file: 'place.ts',
    from: 'return { run, parentId: saved.parentId, resumed: true };',
    to: 'return { run, parentId: saved.parentId, resumed: false };',
  },
  {
    package: 'mlflow',
    test: 'succession.test.ts',
    scenario: 'R31',
    name: 'give a server the credentials of another',
    file: 'tracker.ts',
    from: 'address: readAddress(server) });',
    to: 'address: { ...address, url: server } });',
  },
  {
    package: 'runtime',
    test: 'tracked-folder.test.ts',
    scenario: 'R32',
    name: 'skip the lock of what waits for a tracker',
    file: 'tracked-folder.ts',
    from: 'const lock = acquireLock(',
    to: 'const lock = ((file) => ({ release: () => file }))(',
  },
];
