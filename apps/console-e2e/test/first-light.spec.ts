import { jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { hasBrowser, launch, Person } from '../src/browser';
import { Product, until } from '../src/product';

/*
 * One whole system, one story after the other, as the people of a control room would see it. The order matters: each
 * part starts from what the one before left behind.
 */
const ours = 'reg-wenchang';
const other = 'reg-gaoxin';
const leakAt = (main: string) => ['start', 'leak', `pipe=main-${main}`, 'size=150'];
const describeWithBrowser = hasBrowser ? describe : describe.skip;
if (!hasBrowser) console.warn('no Chromium at /usr/bin/chromium: the browser tests are skipped');

interface ListedAlarm {
  alarmId: string;
  stationId: string | null;
  tagId: number | null;
  condition: string;
  occurrence: number;
  letter: string;
  journalled: boolean;
  active: boolean;
}

describeWithBrowser('first light', () => {
  jest.setTimeout(300_000);
  const product = new Product();
  let browser: Browser;
  let dispatcher: Person;
  let chief: Person;
  let viewer: Person;
  let leakAlarm: ListedAlarm;

  const table = async (who: Person) =>
    (await who.request('GET', '/api/alarms')).json as { alarms: ListedAlarm[]; databaseAway: boolean };
  const row = (who: Person, id: string) => who.page.getByTestId(`alarm-${id}`);

  beforeAll(async () => {
    await product.start();
    browser = await launch();
    dispatcher = await Person.signIn(browser, product.url, 'dispatcher');
    chief = await Person.signIn(browser, product.url, 'station1');
    viewer = await Person.signIn(browser, product.url, 'viewer');
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await product.stop();
  }, 60_000);

  test('a live value changes on the screen', async () => {
    const value = dispatcher.page.getByTestId(`value-gate-west.ft-111`);
    await value.waitFor();
    const before = await until('a number', 60, async () => {
      const text = await value.innerText();
      return /\d/.test(text) && text;
    });
    await until('another number', 60, async () => (await value.innerText()) !== before);
    await dispatcher.picture('overview-zh');
  });

  test('a second start says in one line that one runs already', async () => {
    const { code, said } = await product.startAgain();
    expect(code).toBe(1);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).toContain(product.url);
  });

  test('a leak raises a low-pressure alarm at the station', async () => {
    await product.simulator(...leakAt('wenchang'));
    leakAlarm = await until('the low-pressure alarm', 180, async () =>
      (await table(dispatcher)).alarms.find(
        (a) => a.stationId === ours && /^LL?$/.test(a.condition) && a.letter === 'B',
      ),
    );
    await dispatcher.open('/alarms');
    await row(dispatcher, leakAlarm.alarmId).waitFor();
    expect(await row(dispatcher, leakAlarm.alarmId).getAttribute('data-letter')).toBe('B');
    await dispatcher.picture('alarms-leak-zh');
  });

  test('the station chief acknowledges it; the dispatcher sees who and when without reload, and still has it to note', async () => {
    await chief.open('/alarms');
    await chief.page.getByTestId(`ack-${leakAlarm.alarmId}`).click();
    const seen = row(dispatcher, leakAlarm.alarmId);
    await until("the chief's name at the dispatcher's", 30, async () =>
      (await seen.getAttribute('data-noted-station'))?.includes('station1'),
    );
    expect(await seen.innerText()).toMatch(/\d{2}:\d{2}/);
    expect(await seen.getAttribute('data-noted-dispatch')).toBe('');
    await dispatcher.page.getByTestId(`ack-${leakAlarm.alarmId}`).waitFor();
    await dispatcher.picture('alarms-noted-by-station-zh');
  });

  test('a viewer cannot acknowledge, by button or by a hand-made request', async () => {
    await viewer.open('/alarms');
    await row(viewer, leakAlarm.alarmId).waitFor();
    expect(await viewer.page.getByTestId(`ack-${leakAlarm.alarmId}`).count()).toBe(0);
    const { status, json } = await viewer.request(
      'POST',
      `/api/alarms/${encodeURIComponent(leakAlarm.alarmId)}/acknowledge`,
      { occurrence: leakAlarm.occurrence, comment: '' },
    );
    expect(status).toBe(403);
    expect(json).toMatchObject({ status: 403, code: 'forbidden' });
  });

  test('station1 sees his station and no other', async () => {
    const { json } = await chief.request('GET', '/api/stations');
    expect((json as { stations: { id: string }[] }).stations.map((s) => s.id)).toEqual([ours]);
    expect((await chief.request('GET', `/api/tags?station=${other}`)).status).toBe(404);
    expect((await chief.request('GET', `/api/latest?station=${other}`)).status).toBe(404);
    expect((await table(chief)).alarms.every((a) => a.stationId === ours)).toBe(true);
    await chief.open(`/stations/${other}`);
    await chief.page.locator('lp-state[data-state="forbidden"]').waitFor();
  });

  test('the scripted past day with a biased meter is closed and raises the loss alarm', async () => {
    const alarm = await until('the loss alarm', 240, async () =>
      (await table(dispatcher)).alarms.find((a) => a.condition === 'loss' && a.active),
    );
    const metrology = await Person.signIn(browser, product.url, 'metrology');
    await metrology.open('/loss');
    const breach = metrology.page.locator('lp-loss-cell [data-verdict="breach"]').first();
    await breach.waitFor();
    await metrology.picture('loss-zh');
    await breach.click();
    await metrology.page.getByTestId('loss-day').waitFor();
    await metrology.picture('loss-day-zh');
    expect(alarm.alarmId).toMatch(/^area:/);
    expect(metrology.faults).toEqual([]);
    await metrology.context.close();
  });

  test('while the database is away a new alarm appears, not yet journalled, and is journalled afterwards', async () => {
    const station = 'reg-binjiang';
    product.kill('database', 'SIGSTOP');
    let alarm: ListedAlarm;
    try {
      await product.simulator(...leakAt('binjiang'));
      alarm = await until('an alarm marked as not yet journalled', 180, async () =>
        (await table(dispatcher)).alarms.find(
          (a) => a.stationId === station && !a.journalled && a.letter === 'B',
        ),
      );
      await row(dispatcher, alarm.alarmId).waitFor();
      expect(await row(dispatcher, alarm.alarmId).getAttribute('data-journalled')).toBe('false');
      await dispatcher.picture('alarms-database-away-zh');
    } finally {
      product.kill('database', 'SIGKILL');
    }
    await until('the alarm in the journal', 120, async () => {
      const { json } = await dispatcher.request(
        'GET',
        `/api/alarms/events?alarm=${encodeURIComponent(alarm.alarmId)}`,
      );
      const { events } = json as { events: { kind: string; seq: number | null; occurrence: number }[] };
      return events.some((e) => e.kind === 'raised' && e.seq !== null && e.occurrence === alarm.occurrence);
    });
    await until(
      'the mark gone',
      60,
      async () => (await row(dispatcher, alarm.alarmId).getAttribute('data-journalled')) === 'true',
    );
  });

  test('when the api is killed the screen says so, and recovers by itself', async () => {
    const old = product.pid('api');
    product.kill('api');
    await dispatcher.page.getByTestId('link-lost').waitFor({ timeout: 15_000 });
    await dispatcher.picture('link-lost-zh');
    await dispatcher.page.getByTestId('link-lost').waitFor({ state: 'detached', timeout: 60_000 });
    expect(product.pid('api')).not.toBe(old);
    await dispatcher.open('/');
    const value = dispatcher.page.getByTestId(`value-gate-west.ft-111`);
    const before = await value.innerText();
    await until('live values again', 60, async () => (await value.innerText()) !== before);
  });

  test('an address that cannot be one leads to the page that says so, and the console goes on', async () => {
    const { page } = dispatcher;
    await dispatcher.open('/loss/level2-west/2026-13-40');
    await page.locator('lp-not-found-page').waitFor();
    const clock = page.getByTestId('clock');
    const before = await clock.innerText();
    await until('the clock moves on', 20, async () => (await clock.innerText()) !== before);
    await dispatcher.picture('not-found-zh');
  });

  test('on a phone without a link nothing covers link bar and banner, nothing reads as current, and pages open', async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
    const walking = await Person.signIn(browser, product.url, 'station1', phone);
    const { page } = walking;
    await page.locator('lp-flow-point button').first().click();
    await page.getByTestId('faceplate').waitFor();
    await walking.context.setOffline(true);
    await page.getByTestId('link-lost').waitFor();
    await page.locator('lp-faceplate lp-quality[data-quality="notCurrent"]').waitFor();
    await walking.picture('phone-offline-zh');
    const bottom = async (id: string) => {
      const box = await page.getByTestId(id).boundingBox();
      return box ? box.y + box.height : NaN;
    };
    const face = await page.getByTestId('faceplate').boundingBox();
    expect(face?.y).toBeGreaterThanOrEqual(await bottom('link-lost'));
    expect(face?.y).toBeGreaterThanOrEqual(await bottom('alarm-banner'));
    expect(
      await page.locator('lp-quality:not([data-quality="notCurrent"]):not([data-quality="none"])').count(),
    ).toBe(0);
    for (const place of ['alarm', 'overview', 'station']) {
      await page.getByTestId(`nav-${place}`).click();
      await page.locator('main .page').waitFor();
      expect(await page.getByTestId('navigation-fault').count()).toBe(0);
      expect(await page.getByTestId('faceplate').count()).toBe(0);
    }
    await walking.context.close();
  });

  test('a console whose timers are dead says that it no longer moves', async () => {
    const frozen = await Person.signIn(browser, product.url, 'viewer');
    await frozen.page.evaluate(() => {
      for (let id = 0; id < 100_000; id++) clearTimeout(id);
    });
    await frozen.page.getByTestId('still').waitFor({ timeout: 30_000 });
    await frozen.picture('still-zh');
    expect(await frozen.page.getByTestId('still').getAttribute('role')).toBe('alert');
    await frozen.context.close();
  });

  test('English by a switch, nothing half translated, dark as well', async () => {
    await dispatcher.open('/');
    await dispatcher.page.getByTestId('lang-en').click();
    const me = (await dispatcher.request('GET', '/api/auth/me')).json as { displayName: string };
    const names = ['管存', '中文', me.displayName];
    await until('English', 10, async () =>
      (await dispatcher.page.locator('html').getAttribute('lang'))?.startsWith('en'),
    );
    for (const path of ['/', '/alarms', '/loss', `/stations/${ours}`, '/diagnostics']) {
      await dispatcher.open(path);
      await dispatcher.page.getByTestId('shell-user').waitFor();
      await dispatcher.page.waitForLoadState('networkidle').catch(() => undefined);
      const text = await dispatcher.page.locator('body').innerText();
      expect({
        path,
        chinese: text.match(/[\u4e00-\u9fff]+/g)?.filter((w) => !names.includes(w)) ?? [],
      }).toEqual({ path, chinese: [] });
      await dispatcher.picture(`en-${path.replaceAll('/', '_')}`);
    }
  });

  test('no page reported a fault', () => {
    for (const who of [dispatcher, chief, viewer])
      expect({ who: who.name, faults: who.faults }).toEqual({ who: who.name, faults: [] });
  });

  test('Ctrl-C ends it cleanly', async () => {
    await browser.close();
    expect(await product.stop()).toBe(0);
  });
});
