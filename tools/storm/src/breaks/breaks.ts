import {
  conditionsAreForgotten,
  delaysBeginAgain,
  delaysNeverEnd,
  eventsToldAgainOverwrite,
  limitWaitsForNextValue,
  linksAreNotJudged,
  takeoverWaitsForNextValue,
} from './alarms';
import {
  copyForgetsWhatIsUnderWay,
  epochsAreNotCompared,
  handoverIsNotWaitedFor,
  nobodyDoubtsAfterStandstill,
  olderSpoolOverrules,
  rememberedIsNeverVoid,
  wordsOfOthersAreForgotten,
} from './ownership';
import type { Undo } from './patch';
import {
  oldMessagesAreOfNow,
  qualityUnderOneStampIsNothing,
  screensFollowStamps,
  stampsDecide,
  steadyValuesAreNotHeard,
} from './present-values';
import {
  areaHoldsOthersUp,
  breachIsLostWithItsTeller,
  closeDoesNotWaitForRollUp,
  hurryIsOverwritten,
  lateSampleLeavesNoMark,
} from './worker';
import { deadBeforeTheStartIsUnsaid, silenceFollowsStamps } from './silence';
import {
  acknowledgedBeforeDurable,
  diskFailureLosesEntries,
  retriesComeOutOfOrder,
  spoolIsNotReplayed,
  spoolIsNotSynced,
  whatIsGivenBackGoesLast,
} from './writing';

/**
 * Faults that were met once and mended, by name: each puts one back into the assembled parts, to see that the storm
 * finds it. A switch of the test and not of the product.
 */
export const BREAKS: Readonly<Record<string, () => Undo>> = {
  stampsDecide,
  oldMessagesAreOfNow,
  qualityUnderOneStampIsNothing,
  steadyValuesAreNotHeard,
  screensFollowStamps,
  takeoverWaitsForNextValue,
  limitWaitsForNextValue,
  conditionsAreForgotten,
  delaysBeginAgain,
  delaysNeverEnd,
  linksAreNotJudged,
  eventsToldAgainOverwrite,
  retriesComeOutOfOrder,
  acknowledgedBeforeDurable,
  spoolIsNotSynced,
  spoolIsNotReplayed,
  diskFailureLosesEntries,
  rememberedIsNeverVoid,
  nobodyDoubtsAfterStandstill,
  olderSpoolOverrules,
  handoverIsNotWaitedFor,
  epochsAreNotCompared,
  wordsOfOthersAreForgotten,
  copyForgetsWhatIsUnderWay,
  silenceFollowsStamps,
  deadBeforeTheStartIsUnsaid,
  whatIsGivenBackGoesLast,
  lateSampleLeavesNoMark,
  closeDoesNotWaitForRollUp,
  breachIsLostWithItsTeller,
  areaHoldsOthersUp,
  hurryIsOverwritten,
};
