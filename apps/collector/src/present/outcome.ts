import type { TagId } from '@linepack/network';
import type { PresentValue, Sample, Taken, Unreadable } from '@linepack/telemetry';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { HeldWord } from './plant-clock';

/** What holds of a tag now. */
export interface Present {
  readonly tag: CollectorTag;
  readonly value: PresentValue;
}

/** One word and what it was found to be. */
export interface Heard {
  readonly tagId: TagId;
  readonly verdict: Taken['verdict'] | 'unknownTag';
  /** Whether its device says it now: a broker's copy of what is known is none of its device's words. */
  readonly isOfNow: boolean;
  readonly rows: readonly Sample[];
  /** Its place in time is not known yet; it comes again in `placed`. */
  readonly held: HeldWord | null;
  /** Why nothing could be read of it: its tag is Bad, and the word itself is refused. */
  readonly unreadable: Unreadable | null;
}

export interface Placed {
  readonly held: HeldWord;
  readonly rows: readonly Sample[];
}

export interface Outcome {
  /** What holds now and did not before, in order: for the alarms and the screens. */
  readonly present: readonly Present[];
  /** Every word received, in order. */
  readonly heard: readonly Heard[];
  /** Earlier words whose place is known now. */
  readonly placed: readonly Placed[];
}
