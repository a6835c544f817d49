import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('worker', 'apps/worker');
