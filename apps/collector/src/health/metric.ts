/** One metric in Prometheus' text format, version 0.0.4: every value with its labels, `{a="b"}` or nothing. */
export const metric = (
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string =>
  [
    `# HELP linepack_collector_${name} ${help}`,
    `# TYPE linepack_collector_${name} ${type}`,
    ...values.map(([labels, value]) => `linepack_collector_${name}${labels} ${value}`),
  ].join('\n');
