/** Gives the one session to one connection after the other, in the order they asked. */
export class Turnstile {
  private readonly waiting: (() => void)[] = [];
  private taken = false;

  /** Resolves when the session is the caller's; it must call `leave` afterwards. */
  enter(): Promise<void> {
    if (!this.taken) {
      this.taken = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken = false;
  }
}
