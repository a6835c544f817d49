import type { LossArea, LossDays, LossResult, LossVerdict } from '@linepack/contracts';

export type Language = 'zh' | 'en';
type Cell = string | number | null;

const WORDS = {
  zh: {
    gasDay: '气日',
    area: '区域',
    version: '版本',
    verdict: '结论',
    loss: '输差 m³',
    rate: '输差率 %',
    limit: '限值 %',
    u95: 'U95 %',
    completeness: '数据完整率 %',
    input: '输入量 m³',
    output: '输出量 m³',
    ownUse: '自用气 m³',
    vent: '放空 m³',
    meter: '计量点',
    role: '类别',
    volume: '标况体积 m³',
    startAt: '起时',
    start: '起码 m³',
    endAt: '止时',
    end: '止码 m³',
    measured: '实测 %',
    remarks: '备注',
    pipe: '管段',
    packStart: '起始管存 m³',
    packEnd: '终了管存 m³',
    linePack: '管存合计',
    provisional: '暂估',
    within: '合格',
    breach: '超限',
    notAssessable: '无法判定',
  },
  en: {
    gasDay: 'Gas day',
    area: 'Area',
    version: 'Version',
    verdict: 'Verdict',
    loss: 'Loss m³',
    rate: 'Loss %',
    limit: 'Limit %',
    u95: 'U95 %',
    completeness: 'Data completeness %',
    input: 'Input m³',
    output: 'Output m³',
    ownUse: 'Own use m³',
    vent: 'Vented m³',
    meter: 'Meter',
    role: 'Role',
    volume: 'Standard volume m³',
    startAt: 'Start at',
    start: 'Start reading m³',
    endAt: 'End at',
    end: 'End reading m³',
    measured: 'Measured %',
    remarks: 'Remarks',
    pipe: 'Pipe',
    packStart: 'Line pack at start m³',
    packEnd: 'Line pack at end m³',
    linePack: 'Line pack, total',
    provisional: 'provisional',
    within: 'within',
    breach: 'breach',
    notAssessable: 'not assessable',
  },
} as const satisfies Record<Language, Record<string, string>>;

const ROLES: Record<Language, Record<LossResult['lines'][number]['role'], string>> = {
  zh: {
    input: '上游',
    gate: '门站',
    regulator: '调压站',
    industrial: '工业用户',
    cng: 'CNG',
    other: '其他',
    ownUse: '自用气',
    vent: '放空',
  },
  en: {
    input: 'input',
    gate: 'gate',
    regulator: 'regulator station',
    industrial: 'industrial user',
    cng: 'CNG',
    other: 'other',
    ownUse: 'own use',
    vent: 'vent',
  },
};

/** The byte order mark makes spreadsheets read the file as UTF-8. */
const BOM = '\uFEFF';

/** RFC 4180. A text that a spreadsheet would take for a formula is kept a text. */
function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csv = (rows: readonly (readonly Cell[])[]): string =>
  `${BOM}${rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')}`;

const round = (value: number | null, decimals: number): number | null =>
  value === null ? null : Number(value.toFixed(decimals));

const verdictOf = (verdict: LossVerdict, language: Language): string => WORDS[language][verdict];

/** A day's analysis table: the summary, each meter with its readings, each pipe with its line pack. */
export function dayTableCsv(result: LossResult, area: LossArea, language: Language): string {
  const w = WORDS[language];
  const at = (micros: number | undefined): Cell =>
    micros === undefined ? null : localTime(micros, area.gasDay.timeZone);
  return csv([
    [
      w.gasDay,
      w.area,
      w.version,
      w.input,
      w.output,
      w.ownUse,
      w.vent,
      w.packStart,
      w.packEnd,
      w.loss,
      w.rate,
      w.limit,
      w.u95,
      w.verdict,
      w.completeness,
    ],
    [
      result.gasDay,
      area.name[language],
      result.provisional ? w.provisional : result.version,
      ...[result.input, result.output, result.ownUse, result.vent].map((v) => round(v, 2)),
      ...[result.linePackStart, result.linePackEnd, result.loss].map((v) => round(v, 2)),
      round(result.lossPercent, 4),
      result.limitPercent,
      round(result.u95Percent, 4),
      verdictOf(result.verdict, language),
      round(result.completenessPercent, 2),
    ],
    [],
    [w.meter, w.role, w.volume, w.startAt, w.start, w.endAt, w.end, w.measured, w.remarks],
    ...result.lines.map((line): Cell[] => [
      line.name[language],
      ROLES[language][line.role],
      round(line.volume, 2),
      at(line.start?.ts),
      round(line.start?.reading ?? null, 3),
      at(line.end?.ts),
      round(line.end?.reading ?? null, 3),
      round(line.measuredPercent, 2),
      line.remarks.join(' '),
    ]),
    [],
    [w.pipe, w.packStart, w.packEnd],
    ...result.linePack.map((p): Cell[] => [p.name[language], round(p.start, 2), round(p.end, 2)]),
  ]);
}

/** Areas × days: one row a day, loss rate and verdict of each area. */
export function matrixCsv({ areas, cells }: LossDays, language: Language): string {
  const w = WORDS[language];
  const byKey = new Map(cells.map((cell) => [`${cell.areaId} ${cell.gasDay}`, cell]));
  const days = [...new Set(cells.map((cell) => cell.gasDay))].sort();
  const header = areas.flatMap(({ name }) => [
    `${name[language]} ${w.rate}`,
    `${name[language]} ${w.loss}`,
    `${name[language]} ${w.verdict}`,
  ]);
  return csv([
    [w.gasDay, ...header],
    ...days.map((day): Cell[] => [
      day,
      ...areas.flatMap(({ areaId }): Cell[] => {
        const cell = byKey.get(`${areaId} ${day}`);
        if (!cell) return [null, null, null];
        const verdict = verdictOf(cell.verdict, language);
        return [
          round(cell.lossPercent, 4),
          round(cell.loss, 2),
          cell.provisional ? `${verdict} (${w.provisional})` : verdict,
        ];
      }),
    ]),
  ]);
}

/** `2026-03-08 08:00:00` in the area's zone. */
const localTime = (micros: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(micros / 1_000),
  );
