import { nodeProject } from '../../jest.preset.mjs';

// These tests mostly wait, for servers to start and for time to pass: two files at once even on two cores.
export default { ...nodeProject('collector', 'apps/collector'), maxWorkers: 2 };
