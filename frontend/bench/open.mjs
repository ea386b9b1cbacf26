// Prints how long the editor takes to open long documents, over sample data in
// Chromium: from the call until the next frame is painted. Folders given as
// arguments are other checkouts of this one, measured in turn in the same run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const runs = Number(process.env.RUNS ?? 7);
const sizes = [100, 500];
const folders = process.argv.length > 2 ? process.argv.slice(2) : ['.'];

async function serve(folder) {
  const root = resolve(folder);
  const vite = await import(pathToFileURL(join(root, 'node_modules/vite/dist/node/index.js')).href);
  const outDir = await mkdtemp(join(tmpdir(), 'runreel-bench-'));
  const common = { root, logLevel: 'error', configFile: join(root, 'vite.config.ts') };
  await vite.build({ ...common, build: { outDir, emptyOutDir: true, rollupOptions: { input: join(root, 'fake.html') } } });
  const server = await vite.preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  return {
    folder,
    address: `http://127.0.0.1:${server.httpServer.address().port}/fake.html`,
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}

/** Opens a document in a page of its own, and tells what it cost. */
async function open(browser, address, steps) {
  const page = await browser.newPage({ viewport: { width: 1180, height: 780 } });
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.longest = Math.max(window.longest, e.duration)))).observe({ entryTypes: ['longtask'] });
  });
  await page.goto(`${address}?page=editor&steps=${steps}`);
  await page.waitForFunction(() => document.title.startsWith('opened'));
  const opened = Number((await page.title()).match(/\d+/)[0]);
  const began = Date.now();
  await page.waitForFunction((n) => document.querySelectorAll('button.step').length >= n, steps);
  const complete = opened + Date.now() - began;
  const jump = await page.evaluate(async () => {
    const began = performance.now();
    [...document.querySelectorAll('button.step')].at(-1).click();
    while (!document.querySelector('[data-card].selected')) await new Promise((done) => requestAnimationFrame(done));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return Math.round(performance.now() - began);
  });
  const [elements, longest] = await page.evaluate(() => [document.querySelectorAll('*').length, Math.round(window.longest)]);
  await page.close();
  return { opened, complete, jump, elements, longest };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const print = (text) => process.stdout.write(`${text}\n`);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const served = [];
try {
  for (const folder of folders) served.push(await serve(folder));
  for (const steps of sizes) {
    const all = new Map(served.map(({ folder }) => [folder, []]));
    for (let run = 0; run < runs; run++) {
      for (const { folder, address } of served) all.get(folder).push(await open(browser, address, steps));
    }
    for (const [folder, list] of all) {
      const of = (key) => list.map((one) => one[key]);
      print(
        `open ${steps} steps (${folder}): median ${median(of('opened'))} ms, best ${Math.min(...of('opened'))}, worst ${Math.max(...of('opened'))}` +
          `; all steps listed after ${median(of('complete'))} ms; to the last step ${median(of('jump'))} ms, longest task ${median(of('longest'))} ms, ${median(of('elements'))} elements`,
      );
    }
  }
} finally {
  await browser.close();
  for (const server of served) await server.close();
}
