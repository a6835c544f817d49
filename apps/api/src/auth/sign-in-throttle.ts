import { TooManyAttempts } from '../http/errors';

const SECOND = 1_000;
/** Failures within this time count together, ms. */
const WINDOW = 15 * 60 * SECOND;
/** How many failures a key may have before it must wait. */
const ALLOWED = { userAndAddress: 5, user: 30, address: 60 } as const;
const FIRST_WAIT = 30 * SECOND;
const LONGEST_WAIT = WINDOW;
const MOST_KEYS = 50_000;

interface Record {
  failures: number;
  lastAt: number;
}

/**
 * Slows down guessing: after five failures of one user from one address the next attempt waits 30 s, then twice as
 * long each time, up to 15 min. Wider limits hold for one user from anywhere and for one address on any user, so that
 * neither many addresses nor many names help. An attempt counts as failed from its start until it succeeds, so that
 * parallel attempts do not slip through.
 */
export class SignInThrottle {
  private readonly records = new Map<string, Record>();

  /** @param now the clock, ms */
  constructor(private readonly now: () => number) {}

  /** @throws TooManyAttempts naming the seconds to wait */
  enter(userName: string, address: string): void {
    const now = this.now();
    const wait = Math.max(
      ...keysOf(userName, address).map(({ key, allowed }) => this.waitOf(key, allowed, now)),
    );
    if (wait > 0) throw new TooManyAttempts(Math.ceil(wait / SECOND));
    for (const { key } of keysOf(userName, address)) this.count(key, now);
    if (this.records.size > MOST_KEYS) this.prune(now);
  }

  /** The password was right: this user from this address starts anew, and the wider counts lose this attempt. */
  succeeded(userName: string, address: string): void {
    this.takeBack(userName, address);
    this.records.delete(keysOf(userName, address)[0].key);
  }

  /** The attempt told nothing about the password (the database was away). */
  takeBack(userName: string, address: string): void {
    for (const { key } of keysOf(userName, address)) {
      const record = this.records.get(key);
      if (record) record.failures = Math.max(0, record.failures - 1);
    }
  }

  private waitOf(key: string, allowed: number, now: number): number {
    const record = this.records.get(key);
    if (!record || now - record.lastAt >= WINDOW || record.failures < allowed) return 0;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(10, record.failures - allowed));
    return Math.max(0, record.lastAt + wait - now);
  }

  private count(key: string, now: number): void {
    const record = this.records.get(key);
    if (!record || now - record.lastAt >= WINDOW) this.records.set(key, { failures: 1, lastAt: now });
    else {
      record.failures += 1;
      record.lastAt = now;
    }
  }

  private prune(now: number): void {
    for (const [key, record] of this.records) if (now - record.lastAt >= WINDOW) this.records.delete(key);
    // Still too many within the window: the oldest go, as a map keeps the order of insertion.
    for (const key of this.records.keys()) {
      if (this.records.size <= MOST_KEYS) break;
      this.records.delete(key);
    }
  }
}

const keysOf = (userName: string, address: string) =>
  [
    { key: JSON.stringify([userName, address]), allowed: ALLOWED.userAndAddress },
    { key: JSON.stringify([userName]), allowed: ALLOWED.user },
    { key: JSON.stringify([null, address]), allowed: ALLOWED.address },
  ] as const;
