// @vitest-environment node
// Every screen, drawn by Chromium: colours and names by axe, the keyboard by
// walking, and that nothing runs out of the window sideways.
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const screens: Record<string, string> = {
  'empty library': 'page=library&empty',
  library: 'page=library',
  'hostile library': 'page=library&hostile',
  alert: 'page=library&alert',
  'before recording': 'page=record',
  'before recording, bare machine': 'page=record&bare',
  'before recording, a display': 'page=record&target=display',
  'before recording, a window': 'page=record&target=window',
  'before recording, a region': 'page=record&target=region',
  'before recording, a region drawn': 'page=record&target=region&drawn',
  'recording with troubles': 'page=record&recording=1&trouble',
  'recording held': 'page=record&recording=paused&hold',
  'recording off the record': 'page=record&recording=paused&removed',
  finishing: 'page=record&recording=1&finishing',
  countdown: 'page=record&recording=countdown',
  recording: 'page=record&recording=1',
  paused: 'page=record&recording=paused',
  drafting: 'page=record&drafting',
  settings: 'page=settings',
  'settings, bare machine': 'page=settings&bare',
  'settings, keys are pressed': 'page=settings&keys&conflict',
  editor: 'page=editor&step=s3',
  'hostile editor': 'page=editor&hostile&step=a2',
  'export dialog': 'page=editor&dialog=md',
  exporting: 'page=editor&exporting',
  'exported': 'page=editor&dialog=done',
};
// 1024 pixels at a zoom of 200% are 512.
const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
  { width: 512, height: 350 },
];
// The window as the recorder shapes it, with and without room for a message.
const bars: Record<string, string> = {
  bar: 'recording=1&bar',
  'bar paused': 'recording=paused&bar',
  'bar countdown': 'recording=countdown&bar',
  'bar finishing': 'recording=1&finishing&bar',
  'bar trouble': 'recording=1&bar&trouble',
  'bar hold': 'recording=paused&bar&hold',
  'bar removed': 'recording=paused&bar&removed',
  'bar alert': 'recording=1&bar&alert',
};
const pictures = process.env.RUNREEL_PICTURES;

let browser: Browser;
let server: PreviewServer;
let folder: string;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runreel-screens-'));
  const common = { root, logLevel: 'error' as const, configFile: join(root, 'vite.config.ts'), mode: 'production' };
  await build({ ...common, build: { outDir: folder, emptyOutDir: true, rollupOptions: { input: join(root, 'fake.html') } } });
  server = await preview({ ...common, build: { outDir: folder }, preview: { port: 0, host: '127.0.0.1' } });
  const at = server.httpServer.address();
  address = typeof at === 'object' && at ? `http://127.0.0.1:${at.port}/fake.html` : '';
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}, 120_000);

afterAll(async () => {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function open(query: string, viewport: { width: number; height: number } | null): Promise<Page> {
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  await page.goto(`${address}?${query}`);
  await page.waitForSelector('body[data-ready]');
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
  expect(broken).toEqual([]);
  return page;
}

/** What axe finds. */
async function faults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const found = await axe.run(document);
    return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 140)} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`).join(' | ')}`);
  });
}

/** What is wider than the window, or than the part of it that scrolls. */
async function runaways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const say = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} ${element.getAttribute('aria-label') ?? ''}`.slice(0, 120);
    const wide = [document.documentElement, ...document.querySelectorAll('main, .page, .outline, .dialog, .alert, .window')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${say(element)} scrolls: ${element.scrollWidth} in ${element.clientWidth}`);
    const out = [...document.querySelectorAll('button, input, textarea, [role=textbox], [role=combobox], summary, img, h1, h2')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && element.checkVisibility() && (left < -1 || right > innerWidth + 1);
      })
      .map((element) => `${say(element)} lies outside`);
    return [...wide, ...out];
  });
}

/** Words and controls that the bar cuts off, and controls that are hard to hit. */
async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const inside = ({ top, bottom, left, right }: DOMRect) => top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth;
    const small = [...document.querySelectorAll('button')].filter((b) => b.offsetWidth < 28 || b.offsetHeight < 28 || !inside(b.getBoundingClientRect()));
    const words = [...document.querySelectorAll('main p, main span')].filter((e) => e.checkVisibility() && (e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 0 && getComputedStyle(e).display !== 'inline' || !inside(e.getBoundingClientRect())));
    return [...small, ...words].map((e) => e.outerHTML.slice(0, 160));
  });
}

/** The controls that Tab does not reach. */
async function unreached(page: Page): Promise<string[]> {
  const count = await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>('button, input, textarea, select, summary, [tabindex="0"], [contenteditable="true"]')];
    const dialog = document.querySelector('[role=dialog], [role=alertdialog]');
    const groups = new Set<string>();
    const wanted = all.filter((element) => {
      if (element.matches(':disabled, [tabindex="-1"]') || !element.checkVisibility() || (dialog && !dialog.contains(element))) return false;
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true;
      return element.checked && !groups.has(element.name) && groups.add(element.name);
    });
    wanted.forEach((element, i) => (element.dataset.walk = String(i)));
    return wanted.length;
  });
  // What scrolls by itself is a stop of its own, so there are more stops than controls.
  for (let i = 0; i < 2 * count + 12; i++) {
    await page.keyboard.press('Tab');
    const left = await page.evaluate(() => {
      document.activeElement?.setAttribute('data-walked', '');
      return document.querySelectorAll('[data-walk]:not([data-walked])').length;
    });
    if (left === 0) break;
  }
  return page.evaluate(() => [...document.querySelectorAll('[data-walk]:not([data-walked])')].map((e) => e.outerHTML.slice(0, 160)));
}

for (const [name, query] of Object.entries(screens)) {
  it(name, async () => {
    const found: string[] = [];
    for (const theme of ['light', 'dark']) {
      const page = await open(`${query}&theme=${theme}`, { width: 1024, height: 700 });
      found.push(...(await faults(page)).map((fault) => `${theme}: ${fault}`));
      await page.close();
    }
    const page = await open(query, { width: 1024, height: 700 });
    for (const size of sizes) {
      await page.setViewportSize(size);
      found.push(...(await runaways(page)).map((fault) => `${size.width}: ${fault}`));
      if (pictures) await shoot(page, `${name.replaceAll(/\W+/g, '-')}-${size.width}`);
    }
    expect(found).toEqual([]);
    await page.close();
  }, 60_000);
}

for (const [name, query] of Object.entries(bars)) {
  it(name, async () => {
    const viewport = { width: 470, height: /trouble|hold|removed|alert/.test(name) ? 136 : 64 };
    const found: string[] = [];
    for (const theme of ['light', 'dark']) {
      const page = await open(`${query}&theme=${theme}`, viewport);
      found.push(...[...(await faults(page)), ...(await runaways(page)), ...(await cut(page)), ...(await unreached(page))].map((fault) => `${theme}: ${fault}`));
      if (pictures) await page.screenshot({ path: join(pictures, `${name.replaceAll(' ', '-')}-${theme}.png`) });
      await page.close();
    }
    expect(found).toEqual([]);
  }, 60_000);
}

async function paint(page: Page, theme: string): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }, theme);
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    await paint(page, theme);
    await page.screenshot({ path: join(pictures ?? '', `${name}-${theme}.png`) });
  }
}

for (const name of ['library', 'before recording', 'before recording, a window', 'before recording, a region drawn', 'recording', 'recording with troubles', 'countdown', 'settings', 'editor', 'export dialog', 'exported', 'alert']) {
  it(`the keyboard reaches everything: ${name}`, async () => {
    const page = await open(screens[name] ?? '', { width: 1024, height: 700 });
    expect(await unreached(page)).toEqual([]);
    await page.close();
  }, 60_000);
}

it('a step that lies far below is drawn when it is chosen, and everything on the way there', async () => {
  const page = await open('page=editor&steps=500', { width: 1024, height: 700 });
  await page.waitForFunction(() => document.querySelectorAll('button.step').length > 500);
  await page.getByRole('button', { name: /team-400/ }).click();
  const title = page.getByRole('textbox', { name: 'Title of step 406' });
  await title.focus();
  expect(await title.inputValue()).toContain('team-400');
  await page.waitForFunction(() => document.querySelectorAll('[data-card]').length > 8);
  const box = await title.boundingBox();
  expect(box?.y).toBeGreaterThan(52);
  expect(box?.y).toBeLessThan(700);
  for (let i = 0; i < 60; i++) await page.keyboard.press('Shift+Tab');
  const reached = await page.evaluate(() => document.activeElement?.closest('[data-card]')?.getAttribute('aria-label') ?? '');
  expect(Number(reached.replace('step ', ''))).toBeLessThan(406);
  expect(await page.locator('[data-page]').textContent()).toContain('kubectl get pods -n team-250');
  await page.close();
}, 60_000);
