import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('storm', 'tools/storm');
