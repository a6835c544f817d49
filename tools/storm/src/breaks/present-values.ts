import { PresentTag, type Circumstances, type Taken, type Word } from '@linepack/telemetry';
import type { LiveSample } from '@linepack/contracts';
import { LatestValues } from '../../../../apps/api/src/live/latest-values';
import { patched, type Undo } from './patch';

type Take = (self: PresentTag, word: Word, around: Circumstances) => Taken;

/** Stamps of two clocks are compared: what is stamped before the newest sample is old. */
export const stampsDecide = (): Undo =>
  patched(
    PresentTag,
    'take',
    (original) =>
      ((self, word, around) => {
        const { newest } = self;
        if (newest === null || word.sourceTime === null || word.sourceTime >= newest.ts)
          return (original as Take)(self, word, around);
        const row = { tagId: word.tagId, ts: word.sourceTime, quality: word.quality, value: word.value };
        return { verdict: 'history', present: null, rows: [row], held: false, stampFault: null };
      }) satisfies Take as never,
  );

/** Whatever arrives is of now: redelivered, retained, kept by a device. */
export const oldMessagesAreOfNow = (): Undo =>
  patched(
    PresentTag,
    'take',
    (original) =>
      ((self, word, around) =>
        (original as Take)(
          self,
          { ...word, origin: word.origin === 'historical' ? word.origin : 'change' },
          { ...around, delivery: 'inOrder', reading: null },
        )) satisfies Take as never,
  );

/** A change of quality under an unchanged stamp is taken for the same word again. */
export const qualityUnderOneStampIsNothing = (): Undo =>
  patched(PresentTag, 'take', (original) => {
    const stamps = new WeakMap<PresentTag, number>();
    return ((self, word, around) => {
      if (word.sourceTime !== null && stamps.get(self) === word.sourceTime)
        return { verdict: 'repetition', present: null, rows: [], held: false, stampFault: null };
      stamps.set(self, word.sourceTime ?? 0);
      return (original as Take)(self, word, around);
    }) satisfies Take as never;
  });

/** A value is heard only when it changes. */
export const steadyValuesAreNotHeard = (): Undo => patched(PresentTag, 'heard', () => () => undefined);

/** Screens order values by their source's stamps. */
export const screensFollowStamps = (): Undo =>
  patched(
    LatestValues,
    'take',
    (original) =>
      ((self: LatestValues, sample: LiveSample, said: unknown) => {
        const [known] = self.of([sample[0]]);
        return known && known.ts > sample[1] ? false : (original as never as Original)(self, sample, said);
      }) as never,
  );

type Original = (self: LatestValues, sample: LiveSample, said: unknown) => boolean;
