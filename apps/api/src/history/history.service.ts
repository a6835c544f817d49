import type { History, HistoryQuery, User } from '@linepack/contracts';
import type { Micros, TagId } from '@linepack/network';
import { SampleRepository } from '@linepack/store';
import { Inject, Injectable } from '@nestjs/common';
import { DatabaseGate } from '../database/database-gate';
import { InvalidInput } from '../http/errors';
import { PlantService } from '../plant/plant.service';

const DAY_US = 86_400_000_000;
/** Longest range of one question, days. */
const LONGEST_DAYS = 1_100;

@Injectable()
export class HistoryService {
  constructor(
    @Inject(SampleRepository) private readonly samples: SampleRepository,
    @Inject(PlantService) private readonly plant: PlantService,
    @Inject(DatabaseGate) private readonly gate: DatabaseGate,
  ) {}

  /** @throws InvalidInput NotFound DatabaseAway */
  read(user: User, { tags, from, to, points }: HistoryQuery): Promise<History> {
    if (to <= from) throw new InvalidInput([{ field: 'to', message: 'expected an instant after from' }]);
    if (to - from > LONGEST_DAYS * DAY_US)
      throw new InvalidInput([{ field: 'from', message: `expected at most ${LONGEST_DAYS} days before to` }]);
    this.plant.assertTags(user, tags);
    return this.gate.run(() =>
      this.samples.history({
        tags: [...new Set(tags)] as TagId[],
        from: from as Micros,
        to: to as Micros,
        points,
      }),
    );
  }
}
