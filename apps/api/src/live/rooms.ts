/** Socket.IO rooms. Who is bound to stations joins the rooms of those stations, everybody else the common one. */
export const ROOM = {
  station: (stationId: string) => `station:${stationId}`,
  overview: 'overview',
  overviewOf: (stationId: string) => `overview:${stationId}`,
  alarms: 'alarms',
  alarmsOf: (stationId: string) => `alarms:${stationId}`,
  loss: 'loss',
  diagnostics: 'diagnostics',
  others: 'others',
} as const;
