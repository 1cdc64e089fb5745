/** The main job as a person sees it: four servers on the page, the primary's process dies, a new primary with two replicas. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureChromium } from '../../script/chromium.ts';
import { type Demo, startDemo } from '../../src/sandbox/demo.ts';
import { receivedBy } from '../../src/sandbox/received-transactions.ts';
import { checkRows, thrownAway } from '../../src/sandbox/row-check.ts';
import type { RunningServer } from '../../src/sandbox/server.ts';
import { serverFamilies } from '../../src/sandbox/server-binaries.ts';

/** From the kill to the new topology on the page: part of what is promised, not a measurement. */
const PROMISED_MILLIS = 3_000;

/** For what is not promised within a time: the page's first load. */
const PATIENCE_MILLIS = 20_000;

const LOOK_MILLIS = 20;

/** Chromium looks for its maker's hosts at every start unless it is told not to. */
const BROWSER_OPTIONS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const server = (role: string): string => `[data-testid="server"][data-role="${role}"]`;

describe.each(serverFamilies)('a failover of %s, in a browser', (family) => {
  let browser: Browser;
  let demo: Demo | null = null;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: ensureChromium(console.log), args: BROWSER_OPTIONS });
  });

  afterEach(async () => {
    await demo?.stop();
    demo = null;
  });

  afterAll(() => browser.close());

  it('A1: shows the new primary with two replicas within three seconds, and no row that a replica had is lost', async () => {
    demo = await startDemo({ family, writeIntervalMillis: 10 });
    const page = await browser.newPage();
    const complaints = listenForComplaints(page);
    await page.goto(demo.page);
    await seen(page, server('primary'), 1, PATIENCE_MILLIS);
    await seen(page, server('replica'), 3, PATIENCE_MILLIS);

    const failed = primaryOf(demo);
    const survivors = demo.fleet.servers.filter((one) => one !== failed);
    const killedAt = performance.now();
    failed.kill('SIGKILL');
    await failed.exited;
    const received = await receivedBy(survivors);

    const left = Math.max(1, PROMISED_MILLIS - (performance.now() - killedAt));
    const old = `${failed.host}:${failed.port}`;
    await expect.poll(() => newPrimaryWithReplicas(page, old), { timeout: left, interval: LOOK_MILLIS }).toBe(2);

    const promoted = await serverOnPage(page, demo);
    expect(promoted).not.toBe(failed);
    const rows = demo.writer.acknowledged().filter((row) => row.port === failed.port);
    expect(rows.length).toBeGreaterThan(0);
    const { missing } = await checkRows(promoted, rows);
    expect(thrownAway(missing, received)).toEqual([]);

    await page.waitForSelector('[data-testid="recovery"][data-phase="succeeded"]', { timeout: PATIENCE_MILLIS });
    const steps = await page.locator('[data-testid="recovery-step"]').allTextContents();
    expect(steps.join('\n')).toContain(`promote ${promoted.host}:${promoted.port}`);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

async function seen(page: Page, selector: string, count: number, timeout: number): Promise<void> {
  await expect.poll(() => page.locator(selector).count(), { timeout, interval: LOOK_MILLIS }).toBe(count);
}

/** Healthy replicas on the page, once its primary is another than the old one; -1 until then. */
async function newPrimaryWithReplicas(page: Page, old: string): Promise<number> {
  const keys = await page
    .locator(server('primary'))
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-key')));
  if (keys.length !== 1 || keys[0] === old) return -1;
  return page.locator(`${server('replica')}[data-state="ok"]`).count();
}

function primaryOf({ fleet, writer }: Demo): RunningServer {
  const found = fleet.servers.find((one) => one.port === writer.port);
  if (found === undefined) throw new Error('nobody takes writes');
  return found;
}

async function serverOnPage(page: Page, { fleet }: Demo): Promise<RunningServer> {
  const key = await page.locator(server('primary')).getAttribute('data-key');
  const found = fleet.servers.find((one) => `${one.host}:${one.port}` === key);
  if (found === undefined) throw new Error(`the page shows a primary that is none of ours: ${key}`);
  return found;
}

/** Errors of the page, whatever they are. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}
