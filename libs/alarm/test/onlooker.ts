/*
 * What an alarm must do, told by somebody who looks every second and remembers everything. Written from SPEC.md alone: he
 * knows no delays that run, no stamps and no sessions, only since when what he waits for has been so.
 */

/** H, deadband 0.01. */
export interface Rule {
  readonly limit: number;
  readonly onS: number;
  readonly offS: number;
}

export type Deed =
  | { readonly kind: 'value'; readonly value: number; readonly session: number }
  | { readonly kind: 'bad' }
  | { readonly kind: 'define'; readonly rule: Rule }
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'shelve'; readonly seconds: number }
  | { readonly kind: 'unshelve' }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'setClock'; readonly seconds: number };

const holds = ({ limit }: Rule, value: number): boolean => value >= limit;
const ended = ({ limit }: Rule, value: number): boolean => value <= limit - 0.01 + 1e-9;

export class Onlooker {
  readonly events: string[] = [];
  private second = 0;
  /** How far our clock has been set. */
  private shift = 0;
  private isDefined = true;
  private active = false;
  private occurrence = 0;
  private acknowledged = true;
  private shelvedUntil: number | null = null;
  /** Since when the opposite of what the alarm says has been so. */
  private oppositeSince: number | null = null;
  private word: { readonly value: number | null; readonly at: number } | null = null;
  private lastUsable = 0;

  constructor(private rule: Rule) {}

  /** Active, the occurrence, whether somebody is called, whether it is shelved. */
  get standing(): string {
    return [this.active, this.occurrence, this.acknowledged, this.shelvedUntil !== null].join(' ');
  }

  nextSecond(): void {
    this.second += 1;
    this.look();
  }

  deed(deed: Deed): void {
    switch (deed.kind) {
      case 'value':
        this.lastUsable = deed.value;
        this.word = { value: deed.value, at: this.second };
        if (this.isDefined) this.judge();
        break;
      case 'bad':
        this.word = { value: null, at: this.second };
        // Q2: what was known stands, but nothing returns by it.
        if (this.active) this.oppositeSince = null;
        break;
      case 'define':
        this.rule = deed.rule;
        this.isDefined = true;
        // D5: a raise goes on when what was known last holds by the new rule; a return is judged anew.
        if (this.active || !holds(deed.rule, this.lastUsable)) this.oppositeSince = null;
        this.judge();
        break;
      case 'withdraw':
        this.isDefined = false;
        this.oppositeSince = null;
        if (this.active) this.flip(this.second + this.shift);
        break;
      case 'setClock':
        this.shift += deed.seconds;
        break;
      case 'shelve':
        this.shelvedUntil = this.second + this.shift + deed.seconds;
        this.note('shelved', this.second + this.shift);
        break;
      case 'unshelve':
        if (this.shelvedUntil !== null) this.unshelve(this.second + this.shift);
        break;
      case 'acknowledge':
        if (this.acknowledged) return;
        this.acknowledged = true;
        this.note('acknowledged', this.second + this.shift);
    }
    this.look();
  }

  /** What is due now. */
  private look(): void {
    const delay = this.active ? this.rule.offS : this.rule.onS;
    if (this.oppositeSince !== null && this.second - this.oppositeSince >= delay) this.flip(this.second);
    if (this.shelvedUntil !== null && this.shelvedUntil <= this.second + this.shift)
      this.unshelve(this.shelvedUntil);
  }

  /** By the last word, where it is usable. */
  private judge(): void {
    if (this.word === null || this.word.value === null) return;
    const { value, at } = this.word;
    const isOpposite = this.active ? ended(this.rule, value) : holds(this.rule, value);
    this.oppositeSince = isOpposite ? (this.oppositeSince ?? at) : null;
  }

  private flip(at: number): void {
    this.active = !this.active;
    this.oppositeSince = null;
    if (this.active) {
      this.occurrence += 1;
      if (this.shelvedUntil === null) this.acknowledged = false;
    }
    this.note(this.active ? 'raised' : 'returned', at);
  }

  private unshelve(at: number): void {
    this.shelvedUntil = null;
    if (this.active) this.acknowledged = false;
    this.note('unshelved', at);
  }

  private note(kind: string, at: number): void {
    this.events.push(`${kind}@${at}`);
  }
}
