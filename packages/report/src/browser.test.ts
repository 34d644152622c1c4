import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../test/chromium.ts';
import { richCell, richRecord } from '../test/rich-record.ts';
import { comparisonPage } from './page/comparison-page.ts';
import { runPage } from './page/run-page.ts';
import { suitePage } from './page/suite-page.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core');
const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
} as const;
const SCHEMES = ['light', 'dark'] as const;
const NAMES = ['run', 'comparison', 'suite'] as const;
const VIEWS = NAMES.flatMap((name) =>
  (['phone', 'desktop'] as const).flatMap((size) =>
    SCHEMES.map((scheme) => [name, size, scheme] as const),
  ),
);
/** Each size and each scheme once: axe-core takes its time. */
const AXE_VIEWS = NAMES.flatMap(
  (name) =>
    [
      [name, 'phone', 'light'],
      [name, 'desktop', 'dark'],
    ] as const,
);
/** Where screenshots of all pages are left to be looked at. */
const SCREENSHOTS = process.env.ARCHER_SCREENSHOTS;

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'archer-pages-'));
const fileOf = (name: string): string => join(folder, `${name}.html`);

/** A page that was opened from its file, and what it asked for or complained of. */
interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

interface Wish {
  readonly size?: keyof typeof SIZES;
  readonly scheme?: (typeof SCHEMES)[number];
  /** Lets the test itself run scripts in the page. */
  readonly scripts?: boolean;
}

async function open(name: string, wish: Wish = {}): Promise<Opened> {
  const { size = 'desktop', scheme = 'light', scripts = false } = wish;
  const options = { viewport: SIZES[size], colorScheme: scheme, bypassCSP: scripts };
  const page = await browser.newPage(options);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(fileOf(name)).href);
  return { page, requests, complaints };
}

describe.skipIf(CHROMIUM === undefined)('pages in Chromium (none installed: skipped)', () => {
  beforeAll(async () => {
    const records = [0, 1, 2].map(richRecord);
    const table = {
      columns: ['#', 'Paper', 'Archer'],
      rows: [['1', 'α starts at 0', 'as `released`']],
    };
    const background = {
      deviations: [{ plugin: '@archer-nas/pa-da', tables: [table] }],
      draw: richCell,
    };
    const side = { records: records.slice(0, 1), background };
    const part = {
      experiment: 'pada',
      records,
      background,
      expect: records[0]?.manifest?.expect ?? [],
    };
    const none = { experiment: 'none', records: [], expect: part.expect };
    writeFileSync(fileOf('run'), await runPage(records, background));
    writeFileSync(
      fileOf('comparison'),
      await comparisonPage(side, { ...side, records: [richRecord(1)] }),
    );
    writeFileSync(
      fileOf('suite'),
      suitePage({ title: 'pada', missing: ['none: no data'] }, [part, none]),
    );
    browser = await chromium.launch({
      executablePath: CHROMIUM as string,
      args: ['--no-sandbox'],
      timeout: 100_000,
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(AXE_VIEWS)(
    'the page of a %s, %s, %s: axe-core finds nothing',
    async (name, size, scheme) => {
      const { page } = await open(name, { size, scheme, scripts: true });
      await page.locator('details').evaluateAll((all) => {
        for (const one of all) one.setAttribute('open', '');
      });
      await page.addScriptTag({ path: AXE });
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
        const found = await axe.run({ resultTypes: ['violations'] });
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
      });
      await page.close();
      expect(violations).toEqual([]);
    },
    120_000,
  );

  it.each(VIEWS)(
    'the page of a %s, %s, %s: fits, asks for nothing, complains of nothing',
    async (name, size, scheme) => {
      const { page, requests, complaints } = await open(name, { size, scheme });
      const width = await page.evaluate('document.documentElement.scrollWidth');
      const back = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      if (SCREENSHOTS !== undefined) {
        mkdirSync(SCREENSHOTS, { recursive: true });
        const path = join(SCREENSHOTS, `${name}-${size}-${scheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
      await page.close();
      expect(width).toBe(SIZES[size].width);
      expect(requests).toEqual([pathToFileURL(fileOf(name)).href]);
      expect(complaints).toEqual([]);
      expect(back).toBe(scheme === 'dark' ? 'rgb(12, 15, 19)' : 'rgb(246, 247, 249)');
    },
    120_000,
  );

  it('the policy refuses scripts, styles and addresses that got into a page', async () => {
    const evil =
      '<script>document.title = "taken"</script><style>body { display: none }</style>' +
      '<img src="http://127.0.0.1:9/x" onerror="document.title = \'taken\'"><p style="color: red" id="p">';
    writeFileSync(
      fileOf('evil'),
      readFileSync(fileOf('suite'), 'utf8').replace('</main>', `${evil}</main>`),
    );
    const { page, complaints } = await open('evil');
    expect(await page.title()).toBe('Suite pada');
    expect(await page.evaluate('getComputedStyle(document.body).display')).toBe('block');
    expect(complaints.length).toBeGreaterThanOrEqual(4);
    for (const one of complaints) expect(one).toMatch(/Content Security Policy/i);
    await page.close();
  }, 120_000);

  it('a chart alone is not beside half a page of nothing', async () => {
    const { page } = await open('run');
    const share = await page.evaluate(`(() => {
      const figure = document.querySelector('.alone figure');
      const ends = [...figure.querySelectorAll('svg, table')].map((e) => e.getBoundingClientRect());
      const [from, to] = [Math.min(...ends.map((e) => e.left)), Math.max(...ends.map((e) => e.right))];
      return (to - from) / document.querySelector('main').clientWidth;
    })()`);
    await page.close();
    expect(share).toBeGreaterThan(0.75);
  }, 120_000);

  it('the keyboard reaches sections, tables and the values of charts', async () => {
    const { page } = await open('run');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.hash')).toBe('#verdicts');
    const focus = 'getComputedStyle(document.activeElement)';
    expect(await page.evaluate(`${focus}.outlineStyle`)).toBe('solid');
    expect(await page.evaluate(`${focus}.outlineWidth`)).toBe('2px');
    const isAtSummary = () => page.evaluate('document.activeElement.tagName === "SUMMARY"');
    for (let i = 0; i < 60 && !(await isAtSummary()); i++) await page.keyboard.press('Tab');
    const isOpen = () => page.evaluate('document.activeElement.closest("details").open');
    const before = await isOpen();
    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(!before);
    await page.close();
  }, 120_000);
});
