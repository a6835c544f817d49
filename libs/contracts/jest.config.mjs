import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('contracts', 'libs/contracts');
