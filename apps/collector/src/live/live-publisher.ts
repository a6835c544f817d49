import { TOPIC, type LiveBatch, type LiveSample } from '@linepack/contracts';
import { MICROS_PER_SECOND, type TagId } from '@linepack/network';
import type { PresentValue } from '@linepack/telemetry';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { Time, Timer } from '../time';

/** Changes of one turn of the program go together; the throttle of the screens is the api's. */
const GATHER_MS = 20;

/**
 * Present values to the screens: at once when they change, and once a reporting interval when they were only heard
 * again, so that a steady value stays fresh. A newer value replaces an unsent one.
 */
export class LivePublisher {
  private readonly unsent = new Map<string, Map<TagId, LiveSample>>();
  private readonly sent = new Map<TagId, { readonly stationId: string; readonly value: PresentValue }>();
  private timer: Timer | null = null;

  constructor(
    private readonly publish: (topic: string, batch: LiveBatch) => void,
    private readonly time: Time,
  ) {}

  offer({ stationId, config }: CollectorTag, value: PresentValue): void {
    const { tagId, quality, heardAt } = value;
    const sent = this.sent.get(tagId)?.value;
    const isSame = sent?.value === value.value && sent.quality === quality;
    if (isSame && heardAt - sent.heardAt < config.maxReportS * MICROS_PER_SECOND) return;
    this.sent.set(tagId, { stationId, value });
    this.send(stationId, value);
  }

  /** Says every value again: the bus was away, or somebody on it had a gap. A steady one would stay unsaid for long. */
  sayAgain(): void {
    for (const { stationId, value } of this.sent.values()) this.send(stationId, value);
  }

  stop(): void {
    this.publishAll();
  }

  private send(stationId: string, { tagId, at, quality, value, heardAt }: PresentValue): void {
    let station = this.unsent.get(stationId);
    if (!station) this.unsent.set(stationId, (station = new Map()));
    station.set(tagId, [tagId, at, quality, value, heardAt]);
    this.timer ??= this.time.after(GATHER_MS, () => this.publishAll());
  }

  private publishAll(): void {
    this.timer?.cancel();
    this.timer = null;
    for (const [stationId, samples] of this.unsent)
      this.publish(TOPIC.live(stationId), { stationId, at: this.time.now(), samples: [...samples.values()] });
    this.unsent.clear();
  }
}
