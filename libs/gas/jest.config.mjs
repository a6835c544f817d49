import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('gas', 'libs/gas');
