export * from './balance';
export * from './gas-day';
export * from './meter-day';
export * from './meter-hour';
export * from './pipe-pack';
export * from './series';
export * from './totaliser';
export * from './uncertainty';
