import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('console-e2e', 'apps/console-e2e');
