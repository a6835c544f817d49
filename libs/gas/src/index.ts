export * from './atmosphere';
export * from './composition';
export * from './compressibility/compressibility';
export { DETAIL } from './compressibility/detail';
export { COMPONENTS as DETAIL_COMPONENTS } from './compressibility/detail.constants';
export * from './line-pack';
export * from './reference';
export * from './volume-conversion';
