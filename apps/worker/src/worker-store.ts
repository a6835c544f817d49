import {
  ClosingWatermark,
  ConfigRepository,
  CoverageRepository,
  JobStateRepository,
  LateMarkRepository,
  LossRepository,
  MeterHourRepository,
  RollupRepository,
  SampleRepository,
  SampleWriter,
  type Pool,
} from '@linepack/store';

/** What the worker asks of the database. */
export interface WorkerStore {
  readonly config: Pick<ConfigRepository, 'networkAt' | 'currentNetwork'>;
  readonly jobs: Pick<JobStateRepository, 'load' | 'save'>;
  readonly loss: Pick<
    LossRepository,
    'save' | 'result' | 'lastClosed' | 'touching' | 'saveProvisional' | 'verdicts'
  >;
  readonly hours: Pick<MeterHourRepository, 'save' | 'newest'>;
  readonly coverage: Pick<CoverageRepository, 'between'>;
  readonly samples: Pick<SampleRepository, 'around' | 'ranges' | 'compressBefore'>;
  readonly rollup: Pick<RollupRepository, 'step' | 'beginAt' | 'rollGrid' | 'rollHours'>;
  readonly marks: Pick<LateMarkRepository, 'toRecalculate' | 'recalculated' | 'removeFinished'>;
  readonly watermark: Pick<ClosingWatermark, 'raise'>;
  readonly writer: Pick<SampleWriter, 'backfill' | 'write'>;
  /** @throws when the database does not answer */
  answers(): Promise<unknown>;
}

export const storeOver = (pool: Pool): WorkerStore => ({
  config: new ConfigRepository(pool),
  jobs: new JobStateRepository(pool),
  loss: new LossRepository(pool),
  hours: new MeterHourRepository(pool),
  coverage: new CoverageRepository(pool),
  samples: new SampleRepository(pool),
  rollup: new RollupRepository(pool),
  marks: new LateMarkRepository(pool),
  watermark: new ClosingWatermark(pool),
  writer: new SampleWriter(pool),
  answers: () => pool.query('select 1'),
});
