// @ts-check
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createNodes, experimentTarget } from './plugin.mjs';

/** @param {string} text */
function workspace(text) {
  const root = mkdtempSync(join(tmpdir(), 'archer-nx-'));
  mkdirSync(join(root, 'experiments/x'), { recursive: true });
  writeFileSync(join(root, 'experiments/x/manifest.yaml'), text);
  return root;
}

it('makes one uncached target per experiment and one configuration per profile', () => {
  const root = workspace('name: x\ntitle: An experiment\nprofiles: { smoke: {}, quick: {} }\n');
  const target = experimentTarget('experiments/x/manifest.yaml', root);
  expect(target.cache).toBe(false);
  expect(target.metadata.description).toBe('An experiment');
  expect(target.configurations).toEqual({
    smoke: { args: '--profile=smoke' },
    quick: { args: '--profile=quick' },
  });
});

it.each(['a: [', '- list', '', 'profiles: 3'])(
  'keeps the graph whole for the manifest %j',
  (text) => {
    const root = workspace(text);
    const nodes = createNodes[1](['experiments/x/manifest.yaml'], undefined, {
      workspaceRoot: root,
      nxJsonConfiguration: {},
    });
    expect(nodes).toHaveLength(1);
  },
);

it('makes one target of all manifests in a folder of suites', () => {
  const files = ['a', 'b'].map((name) => `experiments/suites/classics/${name}.yaml`);
  const nodes = createNodes[1](files, undefined, {
    workspaceRoot: workspace(''),
    nxJsonConfiguration: {},
  });
  const targets = /** @type {any[]} */ (nodes).map(
    ([, { projects }]) => projects.experiments.targets,
  );
  expect(targets[0]).toEqual(targets[1]);
  const { options, cache } = targets[0]['suite-classics'];
  expect(options.command).toMatch(/ suite run experiments\/suites\/classics$/);
  expect(cache).toBe(false);
});
