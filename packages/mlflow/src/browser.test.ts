import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecordedRun } from '@archer-nas/testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '../tools/real-server.ts';
import { NOTHING_LEFT } from '../tools/stage.ts';
import { readAddress } from './address.ts';
import { MlflowClient } from './client.ts';
import { mlflowOptions, mlflowTracker } from './tracker.ts';
import type { Run } from './wire.ts';

const CHROMIUM = [process.env.ARCHER_CHROMIUM ?? '', '/usr/bin/chromium'].find(
  (path) => path !== '' && existsSync(path),
);
const available = realServer();
/** Where a picture of the comparison is left. */
const SCREENSHOTS = process.env.ARCHER_SCREENSHOTS;
const STEPS = 40;
/** A page of MLflow's is megabytes of scripts; a busy machine takes its time. */
const SLOW_MS = 120_000;
const EXPERIMENT = `darts-nb201 ${randomUUID().slice(0, 8)}`;
const PLOT =
  '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="40"><rect width="50" height="40"/></svg>';

const LEARNING_RATES = [0.05, 0.15];
const lossAt = (step: number, lr: number): number => 2.3 * Math.exp(-step * lr);

/** A search whose loss falls the faster, the greater its learning rate. */
function searchOf(seed: number, lr: number): RecordedRun {
  const run = new RecordedRun({
    ...{ experiment: EXPERIMENT, profile: 'quick', seed, id: `${EXPERIMENT} ${seed}` },
    params: { 'strategy.use': 'darts', 'strategy.lr': String(lr), 'space.use': 'nas-bench-201' },
    tags: { 'archer.fingerprint': '0123456789abcdef' },
    data: { name: 'cifar10', hash: 'c1fa'.repeat(16) },
  });
  run.steps(0, STEPS, (step) => ({ loss: lossAt(step, lr) }));
  run.files
    .set('exhibits/plots/chart-search-loss.svg', PLOT)
    .set('exhibits/best.json', '["|skip|"]');
  return run;
}

describe.skipIf(!available || !CHROMIUM)(
  "MLflow's pages in Chromium (skipped without both)",
  () => {
    let server: RealServer;
    let browser: Browser;
    let runs: readonly Run[];
    beforeAll(async () => {
      if (available) server = await available.start();
      browser = await chromium.launch({
        executablePath: CHROMIUM as string,
        args: ['--no-sandbox'],
        timeout: 100_000,
      });
      const tracker = mlflowTracker(mlflowOptions.parse({ uri: server.url, flushMs: 0 }), {
        env: {},
      });
      for (const run of LEARNING_RATES.map((lr, seed) => searchOf(seed, lr))) {
        const session = tracker.open(run.tracked(false));
        for (const name of run.files.keys()) session.artifact(name);
        session.conclude?.({
          run: { 'archer.verdict': 'inconclusive' },
          experiment: { 'archer.verdict': 'reproduced' },
        });
        expect(await session.close('finished', SLOW_MS)).toEqual(NOTHING_LEFT);
      }
      const client = new MlflowClient({ address: readAddress(server.url) });
      const experiment = await client.experimentByName(EXPERIMENT);
      runs = await client.searchRuns({
        experimentIds: [experiment?.experiment_id ?? ''],
        filter: 'tags."archer.seed" != \'\'',
        orderBy: ['tags."archer.seed" ASC'],
      });
    }, 3 * SLOW_MS);
    afterAll(async () => {
      await browser?.close();
      await server?.[Symbol.asyncDispose]();
    }, 60_000);

    const experimentId = () => runs[0]?.info.experiment_id ?? '';
    const list = (values: readonly string[]) => encodeURIComponent(JSON.stringify(values));
    const ids = () => runs.map(({ info }) => info.run_id);

    /** A page of the server, when it says all of this. */
    async function open(path: string, texts: readonly string[]): Promise<Page> {
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      page.setDefaultTimeout(SLOW_MS);
      await page.goto(`${server.url}/#${path}`);
      for (const text of texts) {
        await page.waitForFunction(`document.body.innerText.includes(${JSON.stringify(text)})`);
      }
      return page;
    }

    it(
      'compares two runs: their names, the parameter that differs, and the ends of their metrics',
      async () => {
        const path = `/compare-runs?runs=${list(ids())}&experiments=${list([experimentId()])}`;
        const names = [0, 1].map((seed) => `${EXPERIMENT} seed ${seed}`);
        const page = await open(path, ['Comparing 2 Runs', ...names, 'Parameters', 'strategy.use']);
        const row = (name: string) => page.locator('tr', { hasText: name }).first().innerText();
        expect((await row('strategy.lr')).split(/\s+/)).toEqual(['strategy.lr', '0.05', '0.15']);
        expect(await row('strategy.use')).toMatch(/darts\s+darts/);
        await page.getByRole('switch').first().click();
        await page.waitForFunction('!document.body.innerText.includes("strategy.use")');
        expect(await row('strategy.lr')).toContain('0.15');
        await page.close();
      },
      2 * SLOW_MS,
    );

    it(
      'draws the curves of both runs, each with a point per step',
      async () => {
        const metric = encodeURIComponent('"loss"');
        const axes =
          'x_axis=step&y_axis_scale=linear&line_smoothness=1&show_point=false&plot_layout={}';
        const some = `runs=${list(ids())}&experiments=${list([experimentId()])}`;
        const page = await open(
          `/metric?${some}&metric=${metric}&plot_metric_keys=${list(['loss'])}&${axes}`,
          ['Comparing 2 Runs', 'seed 0 (loss)', 'seed 1 (loss)'],
        );
        // The curves as they are drawn, and the numbers that they are drawn from.
        const drawn = () =>
          page.locator('.scatterlayer path.js-line').evaluateAll((all) => {
            return [...new Set(all.map((one) => one.getAttribute('d')))].length;
          });
        await expect.poll(drawn, { timeout: SLOW_MS }).toBe(2);
        const numbers = await page.locator('.js-plotly-plot').evaluate((plot) => {
          const { data } = plot as unknown as { data: { name: string; y: number[] }[] };
          return data.map(({ name, y }) => [name, [...y]] as const);
        });
        for (const [seed, lr] of LEARNING_RATES.entries()) {
          const of = numbers.find(([name]) => name.startsWith(`${EXPERIMENT} seed ${seed}`))?.[1];
          expect(of).toEqual(Array.from({ length: STEPS }, (_, step) => lossAt(step, lr)));
        }
        if (SCREENSHOTS !== undefined) await picture(page, SCREENSHOTS);
        await page.close();
      },
      2 * SLOW_MS,
    );

    it(
      'shows verdict, fingerprint, data set and parent of a run, and its seeds under the parent',
      async () => {
        const [first] = runs as [Run];
        const said = ['inconclusive', '0123456789abcdef', 'cifar10', `${EXPERIMENT} (quick)`];
        const page = await open(`/experiments/${experimentId()}/runs/${first.info.run_id}`, said);
        await page.close();
        const parentId = first.data.tags.find(({ key }) => key === 'mlflow.parentRunId')?.value;
        const parent = await open(`/experiments/${experimentId()}/runs/${parentId}`, [
          'reproduced',
        ]);
        for (const seed of [0, 1]) {
          await parent.waitForFunction(`document.body.innerText.includes('seed ${seed}')`);
        }
        await parent.close();
      },
      3 * SLOW_MS,
    );

    it(
      'shows the pictures of a run, and what it has found, as artifacts',
      async () => {
        const run = `/experiments/${experimentId()}/runs/${ids()[0]}/artifacts/exhibits`;
        const page = await open(`${run}/plots/chart-search-loss.svg`, ['chart-search-loss.svg']);
        const sizes = () =>
          page.locator('img').evaluateAll((all) => {
            return all.map((one) => (one as unknown as { naturalWidth: number }).naturalWidth);
          });
        await expect.poll(sizes, { timeout: SLOW_MS }).toContain(50);
        await page.close();
        await (await open(`${run}/best.json`, ['|skip|'])).close();
      },
      3 * SLOW_MS,
    );
  },
);

/** Without the assistant that MLflow opens beside its pages. */
async function picture(page: Page, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.getByRole('button', { name: 'Close' }).first().click();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(2000);
  await page.screenshot({ path: join(folder, 'mlflow-comparison.png') });
}
