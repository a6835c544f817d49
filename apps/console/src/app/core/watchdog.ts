/** A clock that has not moved on the screen for this long stands still: it moves once a second. */
export const STILL_AFTER_MS = 6_000;
/** A look that comes this late means that the whole browser slept, as a closed laptop does: begin anew. */
const SLEPT_AFTER_MS = 20_000;

const PULSE = 'pulse';

/**
 * Writes that the console has been drawn to its end at this instant of its own clock. Called after every drawing: one
 * that fails half-way does not get here.
 */
export function beatPulse(root: HTMLElement, clock: number): void {
  root.dataset[PULSE] = String(clock);
}

/** What the watchdog says, in the language of the page. */
export interface StillWords {
  readonly still: string;
  readonly reload: string;
}

export interface WatchdogParts {
  readonly document: Document;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly words: () => StillWords;
  readonly reload: () => void;
}

/**
 * Notices a console that no longer moves, whatever the reason: change detection that fails again and again, or timers
 * that are dead. It looks at the pulse in the page and at nothing else, and speaks by the document alone, since what
 * draws the console is what may have failed.
 */
export class Watchdog {
  private lastPulse: string | undefined;
  private movedAt: number;
  private lookedAt: number;
  private bar: HTMLElement | null = null;

  constructor(private readonly parts: WatchdogParts) {
    this.movedAt = this.lookedAt = parts.now();
  }

  look(): void {
    const { document, now } = this.parts;
    const at = now();
    const slept = at - this.lookedAt > SLEPT_AFTER_MS || document.visibilityState === 'hidden';
    this.lookedAt = at;
    const pulse = document.documentElement.dataset[PULSE];
    if (slept || pulse !== this.lastPulse) {
      this.lastPulse = pulse;
      this.movedAt = at;
    }
    if (at - this.movedAt > STILL_AFTER_MS) this.say();
    else this.unsay();
  }

  private say(): void {
    if (this.bar) return;
    const { document, words, reload } = this.parts;
    const { still, reload: label } = words();
    const bar = document.createElement('div');
    bar.className = 'still';
    bar.setAttribute('role', 'alert');
    bar.dataset['testid'] = 'still';
    const text = document.createElement('strong');
    text.textContent = `✕ ${still}`;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = label;
    button.addEventListener('click', reload);
    bar.append(text, button);
    document.body.prepend(bar);
    // The console makes room, so that even now nothing of it is covered.
    document.documentElement.style.setProperty('--still-height', `${bar.offsetHeight}px`);
    this.bar = bar;
  }

  private unsay(): void {
    this.bar?.remove();
    this.bar = null;
    this.parts.document.documentElement.style.removeProperty('--still-height');
  }
}

/**
 * Starts the watchdog with a tick that does not hang on this page's own timers: a worker's, which sends a message a
 * second. Where there are no workers, a timer is better than nothing.
 */
export function startWatchdog(words: () => StillWords): void {
  const watchdog = new Watchdog({
    document,
    now: () => performance.now(),
    words,
    reload: () => location.reload(),
  });
  try {
    new Worker('tick.js').onmessage = () => watchdog.look();
  } catch (fault) {
    console.info(`the watchdog ticks by a timer: ${String(fault)}`);
    setInterval(() => watchdog.look(), 1_000);
  }
}
