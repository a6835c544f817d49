import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('simulator', 'apps/simulator');
