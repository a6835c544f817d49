import { MICROS_PER_SECOND, type Micros } from '@linepack/network';
import fc from 'fast-check';
import {
  NORMAL,
  afterSetting,
  limitObservation,
  redefined,
  reduce,
  withdrawn,
  type AlarmDefinition,
  type AlarmInput,
  type AlarmState,
  type Change,
  type TagValue,
} from '../src/index';
import { Onlooker, type Deed, type Rule } from './onlooker';
import { outletHigh } from './script';

const us = (second: number): Micros => (second * MICROS_PER_SECOND) as Micros;
const by = { actor: 'li', comment: '' };
const definitionOf = ({ limit, onS, offS }: Rule): AlarmDefinition => ({
  ...outletHigh,
  limit,
  onDelay: us(onS),
  offDelay: us(offS),
});

/** The library, told the same deeds in the same seconds. */
class Played {
  readonly events: string[] = [];
  private state: AlarmState = NORMAL;
  private defined: AlarmDefinition | null;
  private last: AlarmDefinition;
  private present: TagValue | null = null;
  private second = 0;
  private shift = 0;

  constructor(rule: Rule) {
    this.last = this.defined = definitionOf(rule);
  }

  get standing(): string {
    const { active, occurrence, acknowledged, shelvedUntil } = this.state;
    return [active, occurrence, acknowledged, shelvedUntil !== null].join(' ');
  }

  nextSecond(): void {
    this.second += 1;
  }

  tick(): void {
    this.take({ kind: 'tick', now: this.now });
  }

  deed(deed: Deed): void {
    switch (deed.kind) {
      case 'value':
        return this.word({ value: deed.value, quality: 0, clockSession: deed.session });
      case 'bad':
        return this.word({ value: null, quality: -1, clockSession: 1 });
      case 'define':
        return this.define(definitionOf(deed.rule));
      case 'withdraw':
        this.defined = null;
        return this.took(withdrawn(this.last, this.state, this.now));
      case 'setClock':
        return this.setClock(deed.seconds);
      case 'shelve':
        return this.take({ kind: 'shelve', at: this.now, until: us(this.wall + deed.seconds), ...by });
      case 'unshelve':
        return this.take({ kind: 'unshelve', at: this.now, ...by });
      case 'acknowledge':
        // Whoever names an occurrence has looked.
        this.tick();
        if (this.state.acknowledged) return;
        return this.take({
          kind: 'acknowledge',
          at: this.now,
          position: 'station',
          occurrence: this.state.occurrence,
          ...by,
        });
    }
  }

  private get wall(): number {
    return this.second + this.shift;
  }
  private get now(): Micros {
    return us(this.wall);
  }

  private word(said: Pick<TagValue, 'value' | 'quality' | 'clockSession'>): void {
    this.present = { at: us(this.second), receivedAt: this.now, ...said };
    if (this.defined) this.take(limitObservation(this.defined, this.present));
  }

  private define(after: AlarmDefinition): void {
    this.took(redefined(this.last, after, this.state, this.now));
    this.last = this.defined = after;
    if (this.present) this.take({ ...limitObservation(after, this.present), definedAt: this.now });
    this.tick();
  }

  private setClock(seconds: number): void {
    // What was due is seen before our clock is set: afterwards nobody can tell.
    this.tick();
    this.shift += seconds;
    const { pending } = this.state;
    if (pending) this.state = { ...this.state, pending: afterSetting(pending, us(seconds)) };
    if (this.present)
      this.present = { ...this.present, receivedAt: (this.present.receivedAt + us(seconds)) as Micros };
  }

  private take(input: AlarmInput): void {
    const result = reduce(this.last, this.state, input);
    if (result.ok) this.took(result);
  }

  private took({ state, events }: Change): void {
    this.state = state;
    this.events.push(...events.map((e) => `${e.kind}@${e.at / MICROS_PER_SECOND}`));
  }
}

const rule = fc.record({
  limit: fc.constantFrom(0.35, 0.37, 0.37, 0.39),
  onS: fc.constantFrom(0, 3, 10),
  offS: fc.constantFrom(0, 2, 7),
});
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('value' as const),
      value: fc.constantFrom(0.3, 0.345, 0.365, 0.38, 0.38, 0.4),
      session: fc.constantFrom(1, 1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Deed>({ kind: 'bad' }) },
  { weight: 2, arbitrary: rule.map((r): Deed => ({ kind: 'define', rule: r })) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 15 }).map((seconds): Deed => ({ kind: 'shelve', seconds })),
  },
  fc.constantFrom<Deed>({ kind: 'withdraw' }, { kind: 'unshelve' }, { kind: 'acknowledge' }),
  fc.constantFrom(-3_600, -5, 5, 3_600).map((seconds): Deed => ({ kind: 'setClock', seconds })),
);
const story = fc.array(fc.tuple(fc.nat(12), deed), { maxLength: 40 });

const told = (first: Rule, deeds: readonly (readonly [number, Deed])[], looks: 'every second' | 'never') => {
  const onlooker = new Onlooker(first);
  const played = new Played(first);
  const next = (): void => {
    onlooker.nextSecond();
    played.nextSecond();
    if (looks === 'every second') played.tick();
  };
  for (const [wait, each] of deeds) {
    for (let s = 0; s < wait; s += 1) next();
    onlooker.deed(each);
    played.deed(each);
    if (looks === 'never') continue;
    played.tick();
    expect([each, played.standing]).toEqual([each, onlooker.standing]);
  }
  for (let s = 0; s < 30; s += 1) next();
  played.tick();
  expect(played.events).toEqual(onlooker.events);
  expect(played.standing).toBe(onlooker.standing);
};

test('S2 R1 R2 R4 D5 D6 D7 Q1 Q2 M1 M2 M4 it does what an onlooker says who remembers everything', () =>
  fc.assert(
    fc.property(rule, story, (first, deeds) => told(first, deeds, 'every second')),
    { numRuns: 400 },
  ));

test('R3 and the same when nobody looks between what happens', () =>
  fc.assert(
    fc.property(rule, story, (first, deeds) => told(first, deeds, 'never')),
    { numRuns: 400 },
  ));
