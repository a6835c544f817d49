import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Whether these tests can run here. In CI a missing browser is a fault, not a reason to skip. */
export const hasBrowser = existsSync(executablePath) || process.env.CI === 'true';

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** The browser's own words for an api that a test has killed, also in the middle of an answer: no fault of the page. */
const KILLED = ['net::ERR_CONNECTION_REFUSED', 'net::ERR_EMPTY_RESPONSE', 'net::ERR_CONNECTION_RESET'];

/** One person at the console: a browser context of his own, with every fault the page reported. */
export class Person {
  readonly faults: string[] = [];
  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly base: string,
  ) {
    page.on('pageerror', (fault) => this.faults.push(`${fault}`));
    page.on('console', (message) => {
      if (message.type() !== 'error' || KILLED.some((word) => message.text().includes(word))) return;
      this.faults.push(`${message.text()} ${message.location().url}`);
    });
  }

  static async signIn(browser: Browser, base: string, name: string, options = {}): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 },
      locale: 'zh-CN',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const person = new Person(name, context, page, base);
    await page.goto(base);
    await page.getByTestId('user-name').fill(name);
    await page.getByTestId('password').fill('linepack-demo');
    await page.getByTestId('sign-in').click();
    // On a phone it stands in the menu, which is closed.
    await page.getByTestId('shell-user').waitFor({ state: 'attached' });
    return person;
  }

  open(path: string): Promise<unknown> {
    return this.page.goto(`${this.base}${path}`);
  }

  /** A hand-made request with this person's session, beside the page. */
  async request(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
    const answer = await this.context.request.fetch(`${this.base}${path}`, {
      method,
      headers: { origin: this.base },
      ...(body === undefined ? {} : { data: body }),
    });
    return { status: answer.status(), json: await answer.json().catch(() => null) };
  }

  /** Keeps a picture where LINEPACK_SCREENSHOTS names a folder. */
  async picture(name: string): Promise<void> {
    const folder = process.env.LINEPACK_SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}
