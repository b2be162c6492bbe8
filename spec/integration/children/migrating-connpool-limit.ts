// Tells how many sockets the process may have, by its limit of open files. It imports little, since that limit may be low.
import { processBudget } from '../../../src/node/process-budget.js';

console.log(processBudget().picture.limit);
