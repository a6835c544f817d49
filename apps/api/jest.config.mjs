import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('api', 'apps/api');
