import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('collector', 'apps/collector');
