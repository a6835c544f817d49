export { DEMO_PLANT, TARIM_15C } from './plant';
export { DEMO_STATIONS } from './stations';
export { DEMO_TAGS, InstrumentPanel, STATUS, type PanelTag } from './instrument-panel';
export { DEMO_TARGETS } from './targets';
export { TRUNK_PIPES } from './lines';
export type { ServerId, StationSpec, MeterSpec } from './station-spec';
export type { TagSpec } from './tag-spec';
export { demoNetwork, DEMO_SERVERS, deviceOf, nodeOf, topicOf } from './network';
