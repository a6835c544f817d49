import { TOPIC, type LiveBatch, type LiveSample } from '@linepack/contracts';
import type { Sample } from '@linepack/telemetry';
import type { Time, Timer } from '../time';

const LIVE_INTERVAL_MS = 250;

/** Changed values to the screens, at most four batches a second and station. A newer value replaces an unsent one. */
export class LivePublisher {
  private readonly unsent = new Map<string, Map<number, LiveSample>>();
  private readonly timer: Timer;
  private last = new Map<number, Sample>();

  constructor(
    private readonly publish: (topic: string, batch: LiveBatch) => void,
    private readonly time: Time,
  ) {
    this.timer = time.every(LIVE_INTERVAL_MS, () => this.send());
  }

  /** Older than what was sent is history, not live; the same again is no change, unless it is a `repeat`. */
  offer(stationId: string, sample: Sample, why: 'received' | 'repeat'): void {
    const last = this.last.get(sample.tagId);
    if (last && sample.ts < last.ts) return;
    this.last.set(sample.tagId, sample);
    if (why === 'received' && last?.value === sample.value && last.quality === sample.quality) return;
    let station = this.unsent.get(stationId);
    if (!station) this.unsent.set(stationId, (station = new Map()));
    const { tagId, ts, quality, value } = sample;
    station.set(tagId, [tagId, ts, quality, value, this.time.now()]);
  }

  stop(): void {
    this.timer.cancel();
    this.send();
  }

  private send(): void {
    for (const [stationId, samples] of this.unsent)
      this.publish(TOPIC.live(stationId), { stationId, at: this.time.now(), samples: [...samples.values()] });
    this.unsent.clear();
  }
}
