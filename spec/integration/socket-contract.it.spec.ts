import { createRealWorld } from '../testing/real-world.js';
import { describeSocket } from '../testing/socket-contract.js';

describeSocket(createRealWorld);
