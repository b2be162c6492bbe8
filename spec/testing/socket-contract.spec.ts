import { createSimulatedWorld } from './simulated-world.js';
import { describeSocket } from './socket-contract.js';

describeSocket(createSimulatedWorld);
