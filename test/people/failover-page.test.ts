// What a person sees who watches the cluster's page while its primary is killed.

import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureChromium } from '../../script/chromium.ts';
import { type Demo, startDemo } from '../../src/sandbox/demo.ts';
import { type ReceivedTransactions, receivedBy } from '../../src/sandbox/received-transactions.ts';
import { checkRows, thrownAway } from '../../src/sandbox/row-check.ts';
import { type ServerFamily, serverFamilies } from '../../src/sandbox/server-releases.ts';

/** From the kill to the page that shows the new primary with its replicas: what the product promises. */
const failoverSeenWithinMillis = 3_000;

const soon = { timeout: 20_000, interval: 50 };

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A server's card as the page shows it. */
interface Card {
  key: string;
  role: string;
  state: string;
}

let browser: Browser;
beforeAll(async () => {
  const executablePath = ensureChromium(() => {});
  browser = await chromium.launch({ executablePath, headless: true, args: chromiumFlags });
});
afterAll(() => browser?.close());

async function cardsOf(page: Page): Promise<Card[]> {
  return page.locator('[data-testid="server"]').evaluateAll((cards) =>
    cards.map((card) => ({
      key: card.getAttribute('data-key') ?? '',
      role: card.getAttribute('data-role') ?? '',
      state: card.getAttribute('data-state') ?? '',
    })),
  );
}

const keysOf = (cards: Card[], role: string) => cards.filter((card) => card.role === role).map(({ key }) => key);

describe.each(serverFamilies)('the page of a %s cluster whose primary is killed', (family: ServerFamily) => {
  let demo: Demo;
  let page: Page;
  let oldPrimary: string;
  let received: ReceivedTransactions;
  const complaints: string[] = [];

  beforeAll(async () => {
    demo = await startDemo({ family, writeIntervalMillis: 20 });
    oldPrimary = `127.0.0.1:${demo.fleet.primary.port}`;
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(demo.page);
  });
  afterAll(async () => {
    await page?.close();
    await demo?.stop();
  });

  it('shows four servers, one of them the primary, all well', async () => {
    await vi.waitFor(async () => {
      const cards = await cardsOf(page);
      expect(cards).toHaveLength(4);
      expect(keysOf(cards, 'primary')).toEqual([oldPrimary]);
      expect(keysOf(cards, 'replica')).toHaveLength(3);
      expect(cards.every((card) => card.state === 'ok')).toBe(true);
    }, soon);
    await vi.waitFor(() => expect(demo.writer.acknowledgedCount).toBeGreaterThan(20), soon);
  });

  it(`A1: shows the new primary with two replicas within ${failoverSeenWithinMillis} ms`, async () => {
    const survivors = demo.fleet.replicas.map((replica) => `127.0.0.1:${replica.port}`);
    const end = performance.now() + failoverSeenWithinMillis;
    demo.fleet.primary.kill('SIGKILL');
    await demo.fleet.primary.exited;
    received = await receivedBy(demo.fleet.replicas);
    await vi.waitFor(
      async () => {
        const cards = (await cardsOf(page)).filter((card) => survivors.includes(card.key));
        expect(keysOf(cards, 'primary')).toHaveLength(1);
        expect(keysOf(cards, 'replica')).toHaveLength(2);
        expect(cards.map((card) => card.state)).toEqual(['ok', 'ok', 'ok']);
      },
      { timeout: end - performance.now(), interval: 20 },
    );
  });

  it('shows the recovery and its steps', async () => {
    const recovery = page.locator('[data-testid="recovery"][data-phase="succeeded"]').first();
    await vi.waitFor(async () => {
      expect(await recovery.isVisible()).toBe(true);
      const steps = recovery.locator('[data-testid="recovery-step"]');
      // An ended recovery is folded after a while, and a person opens it.
      if ((await steps.count()) === 0) await recovery.locator('button[aria-expanded="false"]').click();
      const texts = await steps.allInnerTexts();
      const [newPrimary = '?'] = keysOf(await cardsOf(page), 'primary');
      expect(texts.some((text) => text.includes(`successfully promoted ${newPrimary}`))).toBe(true);
      expect(await steps.first().isVisible()).toBe(true);
    }, soon);
  });

  it('shows the dead server no more among the living', async () => {
    await vi.waitFor(async () => {
      const cards = await cardsOf(page);
      expect(cards.filter((card) => card.key === oldPrimary && card.state === 'ok')).toEqual([]);
      expect(keysOf(cards, 'primary').filter((key) => key !== oldPrimary)).toHaveLength(1);
    }, soon);
    expect(complaints).toEqual([]);
  });

  it('keeps every row that was acknowledged before and had reached a replica', async () => {
    const { writer, fleet } = demo;
    await vi.waitFor(() => expect(writer.lastAcknowledged?.port).not.toBe(fleet.primary.port), soon);
    const promoted = fleet.servers.find((server) => server.port === writer.lastAcknowledged?.port);
    if (promoted === undefined) throw new Error('the writer writes to a server of the fleet');
    expect([`127.0.0.1:${promoted.port}`]).toEqual(keysOf(await cardsOf(page), 'primary'));
    const rows = writer.acknowledged().filter((row) => row.port === fleet.primary.port);
    expect(rows.filter((row) => received.includes(row.gtid)).length).toBeGreaterThan(15);
    const { missing } = await checkRows(promoted, rows);
    expect(thrownAway(missing, received)).toEqual([]);
  });
});
