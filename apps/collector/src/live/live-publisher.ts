import { TOPIC, type LiveBatch, type LiveSample } from '@linepack/contracts';
import { MICROS_PER_SECOND, type TagId } from '@linepack/network';
import type { PresentValue } from '@linepack/telemetry';
import type { CollectorTag } from '../configuration/collector-configuration';
import type { Time, Timer } from '../time';

/** Changes of one turn of the program go together; the throttle of the screens is the api's. */
const GATHER_MS = 20;

/** Under which epoch a value is said stays with it: a screen takes the younger owner's word. */
interface Sent {
  readonly stationId: string;
  readonly epoch: number;
  readonly value: PresentValue;
}

interface Unsent {
  readonly epoch: number;
  readonly samples: Map<TagId, LiveSample>;
}

/**
 * Present values to the screens: at once when they change, and once a reporting interval when they were only heard
 * again, so that a steady value stays fresh. A newer value replaces an unsent one.
 */
export class LivePublisher {
  private readonly unsent = new Map<string, Unsent>();
  private readonly sent = new Map<TagId, Sent>();
  private timer: Timer | null = null;

  /** @param epochOf lease epoch under which a station is, or was last, this collector's */
  constructor(
    private readonly epochOf: (stationId: string) => number,
    private readonly publish: (topic: string, batch: LiveBatch) => void,
    private readonly time: Time,
  ) {}

  offer({ stationId, config }: CollectorTag, value: PresentValue): void {
    const { tagId, quality, heardAt } = value;
    const epoch = this.epochOf(stationId);
    const sent = this.sent.get(tagId);
    const isSame =
      sent?.value.value === value.value && sent.value.quality === quality && sent.epoch === epoch;
    if (isSame && heardAt - sent.value.heardAt < config.maxReportS * MICROS_PER_SECOND) return;
    const now = { stationId, epoch, value };
    this.sent.set(tagId, now);
    this.send(now);
  }

  /** What is listened to no more is said no more: whoever does knows better. */
  keepTo(tags: readonly CollectorTag[]): void {
    const heard = new Set(tags.map(({ tagId }) => tagId));
    for (const tagId of this.sent.keys()) if (!heard.has(tagId)) this.sent.delete(tagId);
  }

  /** Says every value again: the bus was away, or somebody on it had a gap. A steady one would stay unsaid for long. */
  sayAgain(): void {
    for (const one of this.sent.values()) this.send(one);
  }

  stop(): void {
    this.publishAll();
  }

  private send({ stationId, epoch, value: { tagId, at, quality, value, heardAt } }: Sent): void {
    let station = this.unsent.get(stationId);
    if (station !== undefined && station.epoch !== epoch) this.publishAll();
    if (station?.epoch !== epoch) this.unsent.set(stationId, (station = { epoch, samples: new Map() }));
    station.samples.set(tagId, [tagId, at, quality, value, heardAt]);
    this.timer ??= this.time.after(GATHER_MS, () => this.publishAll());
  }

  private publishAll(): void {
    this.timer?.cancel();
    this.timer = null;
    const at = this.time.now();
    for (const [stationId, { epoch, samples }] of this.unsent)
      this.publish(TOPIC.live(stationId), { stationId, at, epoch, samples: [...samples.values()] });
    this.unsent.clear();
  }
}
