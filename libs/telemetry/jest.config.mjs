import { nodeProject } from '../../jest.preset.mjs';

export default nodeProject('telemetry', 'libs/telemetry');
