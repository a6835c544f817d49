export type CsvValue = string | number | boolean | null | undefined;

/** A text that a spreadsheet would run as a formula gets an apostrophe before it. */
const disarmed = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = disarmed(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180 with a byte-order mark, without which spreadsheets take Chinese for something else. */
export const toCsv = (rows: readonly (readonly CsvValue[])[]): string =>
  '\uFEFF' + rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';

/** Hands a table to the browser as a file. */
export function saveCsv(name: string, rows: readonly (readonly CsvValue[])[]): void {
  const url = URL.createObjectURL(new Blob([toCsv(rows)], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
