import type { SourceId } from '@linepack/network';
import type { Instant } from '@linepack/telemetry';
import { PlantClock, type ClockState, type TagState } from './plant-clock';

/**
 * Most messages of one source that wait, unacknowledged, until a clock is understood: a broker sends no more than twenty
 * unless it is told otherwise, and what would tell is behind them. Of more, the longest waiting are placed.
 */
const MOST_IN_DOUBT = 10;

/** The clocks of the plant, each as long as a tag has it or a word waits for it. */
export class PlantClocks {
  private readonly clocks = new Map<string, PlantClock>();
  private eras = 0;

  named(name: string, sourceId: SourceId): PlantClock {
    let clock = this.clocks.get(name);
    if (!clock) this.clocks.set(name, (clock = new PlantClock(sourceId, () => (this.eras += 1))));
    return clock;
  }

  all(): Iterable<PlantClock> {
    return this.clocks.values();
  }

  /** From now on these tags have them: forgets clocks of tags that are gone, once no word waits for them. */
  keep(states: readonly TagState[]): void {
    const kept = new Set(states);
    const wanted = new Set(states.map(({ clock }) => clock));
    for (const [name, clock] of this.clocks) {
      if (!wanted.has(clock) && clock.held.length === 0) this.clocks.delete(name);
      clock.staleAge = Infinity;
      for (const state of clock.doubting) if (!kept.has(state)) clock.doubting.delete(state);
    }
    for (const state of states) state.clock?.stamps(state);
  }

  /** Of a source of which too much waits, the clock that is waited for longest. */
  longestOfTooMany(sourceId: SourceId): PlantClock | null {
    let longest: PlantClock | null = null;
    let messages = 0;
    for (const clock of this.ofSource(sourceId)) {
      const [first] = clock.held;
      if (!first) continue;
      messages += clock.messages;
      if (first.until < (longest?.held[0]?.until ?? Infinity)) longest = clock;
    }
    return messages > MOST_IN_DOUBT ? longest : null;
  }

  states(sourceId: SourceId, now: Instant): ClockState[] {
    return [...this.ofSource(sourceId)].map((clock) => clock.state(now));
  }

  private *ofSource(sourceId: SourceId): Generator<PlantClock> {
    for (const clock of this.clocks.values()) if (clock.sourceId === sourceId) yield clock;
  }
}
