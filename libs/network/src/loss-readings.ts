import { LOSS_READING_AGE_S, type MeterConfig, type NetworkFile } from './network-file';
import type { ContentFault } from './schema-faults';

/** Tags of the meter's station whose readings at a cut-off its volume stands on. */
function tagsOf({ totaliser, pressure, temperature }: MeterConfig): string[] {
  const converted = totaliser.volume === 'uncorrected' ? [pressure, temperature] : [];
  return [totaliser.tag, ...converted].filter((tag) => tag !== undefined);
}

/**
 * Tags that a loss stands on and that may report too seldom for its cut-offs: their days would be not assessable for
 * ever, and nobody would know why.
 */
export function lossReadingFaults({ stations, pipes, areas }: NetworkFile): ContentFault[] {
  const meterTags = new Map(
    stations.flatMap((s) => s.meters.map((m) => [`${s.id}.${m.id}`, tagsOf(m).map((t) => `${s.id}.${t}`)])),
  );
  const pipeTags = new Map(pipes.map((p) => [p.id, [p.startPressure, p.endPressure, p.temperature]]));
  const usedBy = new Map<string, string>();
  for (const area of areas) {
    const meters = [...area.inputs, ...area.outputs.map((o) => o.meter), ...area.ownUse, ...area.vent];
    const parts = [
      ...meters.map((meter) => [`meter "${meter}"`, meterTags.get(meter)] as const),
      ...area.pipes.map((pipe) => [`pipe "${pipe}"`, pipeTags.get(pipe)] as const),
    ];
    for (const [part, tags = []] of parts)
      for (const tag of tags)
        if (!usedBy.has(tag)) usedBy.set(tag, `the loss of area "${area.id}" stands on it by ${part}`);
  }
  return stations.flatMap((station, i) =>
    station.tags.flatMap(({ id, maxReportS }, j) => {
      const use = usedBy.get(`${station.id}.${id}`);
      if (use === undefined || maxReportS <= LOSS_READING_AGE_S) return [];
      const message = `expected at most ${LOSS_READING_AGE_S}, got ${maxReportS}: ${use}, and a reading must be that near to a cut-off`;
      return [{ path: ['stations', i, 'tags', j, 'maxReportS'], message }];
    }),
  );
}
