import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('network', 'libs/network');
